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
  private readonly parseFields: ((header: Buffer) => ExtFields) | undefined;
  private readonly header: Buffer | undefined;

  private constructor(
    start: HeaderStart,
    serializeType: SerializeType,
    body: Buffer,
    fields: ExtFields | undefined,
    sendRequest: SendMessageRequest | undefined,
    header: Buffer | undefined,
    parseFields: ((header: Buffer) => ExtFields) | undefined,
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
    this.header = header;
    this.parseFields = parseFields;
  }

  static parsed(start: HeaderStart, serializeType: SerializeType, fields: ExtFields, body: Buffer): ReceivedCommand {
    return new ReceivedCommand(start, serializeType, body, fields, undefined, undefined, undefined);
  }

  /** `parseFields` gives the text fields of `header`, which is known to be well formed. */
  static scanned(
    start: HeaderStart,
    serializeType: SerializeType,
    sendRequest: SendMessageRequest,
    body: Buffer,
    header: Buffer,
    parseFields: (header: Buffer) => ExtFields,
  ): ReceivedCommand {
    return new ReceivedCommand(start, serializeType, body, undefined, sendRequest, header, parseFields);
  }

  get extFields(): ExtFields {
    this.fields ??= this.parseFields!(this.header!);
    return this.fields;
  }
}
