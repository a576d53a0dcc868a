/** A message as a consumer gets it (MessageExt.java). */
export interface ReceivedMessage {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
  /** Place in the queue. */
  readonly queueOffset: number;
  /** UNIQ_KEY that the sender gave, else the offset message id. */
  readonly messageId: string;
  /** Names the stored record: host of the broker and position in its log. */
  readonly offsetMessageId: string;
  /** Decompressed. A view of received memory: copy what is to be kept for long. */
  readonly body: Buffer;
  readonly tags: string | undefined;
  readonly keys: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  /** How often it was consumed before. */
  readonly reconsumeTimes: number;
  readonly flag: number;
  readonly sysFlag: number;
  /** Wall time of the sender in milliseconds. */
  readonly bornTimestamp: number;
  /** `ip:port`. */
  readonly bornHost: string;
  /** Wall time of the broker in milliseconds. */
  readonly storeTimestamp: number;
  readonly storeHost: string;
  /** Byte address in the broker's log. */
  readonly commitLogOffset: number;
  readonly bodyCrc: number;
  readonly preparedTransactionOffset: number;
  /** Bytes of the stored record. */
  readonly storeSize: number;
}
