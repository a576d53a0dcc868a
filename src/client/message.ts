/** A message to send. */
export interface Message {
  readonly topic: string;
  /** A text is sent as UTF-8. Bytes must stay unchanged until the send has ended. */
  readonly body: Uint8Array | string;
  /** One tag, by which consumers filter. */
  readonly tags?: string;
  /** Keys by which messages can be looked up; they contain no blank. */
  readonly keys?: string | readonly string[];
  /** Further properties. Names that the system uses itself, such as UNIQ_KEY, are refused. */
  readonly properties?: Readonly<Record<string, string>>;
  /** For the application; not looked at. */
  readonly flag?: number;
  /** Delivers the message later: 1 to 18 of the broker's `messageDelayLevel`; 0 at once. */
  readonly delayLevel?: number;
  /** False: RocketMQ need not wait for disk and replicas. Default true. */
  readonly waitStored?: boolean;
}
