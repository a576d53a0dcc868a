/** Header encodings of a remoting frame (RemotingCommand.markProtocolType). */
export const SERIALIZE_JSON = 0;
export const SERIALIZE_ROCKETMQ = 1;
export type SerializeType = typeof SERIALIZE_JSON | typeof SERIALIZE_ROCKETMQ;

/** Header fields as they travel: strings only. */
export type ExtFields = Record<string, string>;

/** One decoded remoting frame (RemotingCommand.java). */
export interface RemotingCommand {
  /** Request code, or response code if `flag` bit 0 is set. */
  readonly code: number;
  /** Enum name such as JAVA; unknown codes give OTHER. */
  readonly language: string;
  /** MQVersion ordinal of the sender. */
  readonly version: number;
  readonly opaque: number;
  /** Bit 0: response, bit 1: oneway. */
  readonly flag: number;
  readonly remark: string | undefined;
  readonly serializeType: SerializeType;
  readonly extFields: ExtFields;
  /** A view of the received bytes (empty if there is none). It may be kept, and keeps the receive chunk alive. */
  readonly body: Buffer;
}

export const FLAG_RESPONSE = 1;
export const FLAG_ONEWAY = 2;
