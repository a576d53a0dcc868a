import type { SendMessageRequest } from './command/send-message.ts';
import type { ExtFields, RemotingCommand, SerializeType } from './remoting-command.ts';

/** The parts of a header before its text fields. */
export interface HeaderStart {
  readonly code: number;
  readonly language: string;
  readonly version: number;
  readonly opaque: number;
  readonly flag: number;
  readonly remark: string | undefined;
}

/** Reads the text fields that stand in `bytes[from, to)`, known to be well formed. */
export type ParseFields = (bytes: Buffer, from: number, to: number) => ExtFields;

/**
 * A decoded frame. A send request that took the fast way carries its typed header already; its text fields are then parsed only if
 * someone asks for them.
 */
export class ReceivedCommand implements RemotingCommand {
  readonly code: number;
  readonly language: string;
  readonly version: number;
  readonly opaque: number;
  readonly flag: number;
  readonly remark: string | undefined;
  readonly serializeType: SerializeType;
  readonly body: Buffer;
  /** The typed header of a send request that was read straight from the bytes. */
  readonly sendRequest: SendMessageRequest | undefined;
  private fields: ExtFields | undefined;
  private readonly bytes: Buffer | undefined;
  private readonly fieldsFrom: number;
  private readonly fieldsTo: number;
  private readonly parse: ParseFields | undefined;

  /** `start` is read from, not kept. With `bytes`, `parse` and the place of the fields in them these are read when they are asked for. */
  private constructor(
    start: HeaderStart,
    serializeType: SerializeType,
    body: Buffer,
    fields: ExtFields | undefined,
    sendRequest: SendMessageRequest | undefined,
    parse: ParseFields | undefined,
    bytes: Buffer | undefined,
    fieldsFrom: number,
    fieldsTo: number,
  ) {
    this.code = start.code;
    this.language = start.language;
    this.version = start.version;
    this.opaque = start.opaque;
    this.flag = start.flag;
    this.remark = start.remark;
    this.serializeType = serializeType;
    this.body = body;
    this.sendRequest = sendRequest;
    this.fields = fields;
    this.bytes = bytes;
    this.fieldsFrom = fieldsFrom;
    this.fieldsTo = fieldsTo;
    this.parse = parse;
  }

  static parsed(start: HeaderStart, serializeType: SerializeType, fields: ExtFields, body: Buffer): ReceivedCommand {
    return new ReceivedCommand(start, serializeType, body, fields, undefined, undefined, undefined, 0, 0);
  }

  /** The text fields stand in `bytes[fieldsFrom, fieldsTo)`. */
  static scanned(
    start: HeaderStart,
    serializeType: SerializeType,
    sendRequest: SendMessageRequest,
    body: Buffer,
    parse: ParseFields,
    bytes: Buffer,
    fieldsFrom: number,
    fieldsTo: number,
  ): ReceivedCommand {
    return new ReceivedCommand(start, serializeType, body, undefined, sendRequest, parse, bytes, fieldsFrom, fieldsTo);
  }

  get extFields(): ExtFields {
    if (this.parse !== undefined) this.fields ??= this.parse(this.bytes!, this.fieldsFrom, this.fieldsTo);
    return this.fields!;
  }
}
