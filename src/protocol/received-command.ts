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

/** Where the text fields of a scanned header stand, known to be well formed, and how they are read. */
export interface FieldsSource {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  readonly parse: (bytes: Buffer, from: number, to: number) => ExtFields;
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
  private readonly source: FieldsSource | undefined;

  private constructor(
    start: HeaderStart,
    serializeType: SerializeType,
    body: Buffer,
    fields: ExtFields | undefined,
    sendRequest: SendMessageRequest | undefined,
    source: FieldsSource | undefined,
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
    this.source = source;
  }

  static parsed(start: HeaderStart, serializeType: SerializeType, fields: ExtFields, body: Buffer): ReceivedCommand {
    return new ReceivedCommand(start, serializeType, body, fields, undefined, undefined);
  }

  static scanned(
    start: HeaderStart,
    serializeType: SerializeType,
    sendRequest: SendMessageRequest,
    body: Buffer,
    source: FieldsSource,
  ): ReceivedCommand {
    return new ReceivedCommand(start, serializeType, body, undefined, sendRequest, source);
  }

  get extFields(): ExtFields {
    const { source } = this;
    if (source !== undefined) this.fields ??= source.parse(source.bytes, source.from, source.to);
    return this.fields!;
  }
}
