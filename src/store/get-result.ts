/** GetMessageStatus of RocketMQ; PullMessageProcessor maps it to response codes, and its name is the remark of the answer. */
export type GetStatus =
  | 'FOUND'
  /** Everything that was looked at was filtered out. */
  | 'NO_MATCHED_MESSAGE'
  /** Units point below the start of the log: retention is removing them. */
  | 'MESSAGE_WAS_REMOVING'
  | 'OFFSET_FOUND_NULL'
  | 'OFFSET_OVERFLOW_BADLY'
  /** The offset is the next one to be written: wait. */
  | 'OFFSET_OVERFLOW_ONE'
  | 'OFFSET_TOO_SMALL'
  /** Nothing was ever written to that queue. */
  | 'NO_MATCHED_LOGIC_QUEUE'
  | 'NO_MESSAGE_IN_QUEUE';

/** What one read of a queue found. Fresh for each read; belongs to the receiver. */
export interface GetResult {
  status: GetStatus;
  /** Where the next read should begin: behind the last unit looked at, or the correction that `status` asks for. */
  nextBeginOffset: number;
  minOffset: number;
  maxOffset: number;
  /** Whole records, exactly as on disk: views of the log that stay valid while referenced, and must not be changed. */
  records: Buffer[];
  byteLength: number;
  /** Some record came from disk. */
  fromDisk: boolean;
  /** Bytes between the last record of this result and the end of the log: how far behind the reader is (suggestWhichBrokerId). */
  behindBytes: number;
}

/** May be called before the read returns (all from memory) or in a later turn; exactly once. */
export type GetDone = (result: GetResult) => void;

/** Which messages of a queue a reader wants. */
export interface MessageFilter {
  /** By the unit's tags code alone (hash of the tag; delivery time in the delay topic). */
  matchesTagsCode(tagsCode: number): boolean;
  /** A second look at the whole record, if present. */
  matchesRecord?(record: Buffer): boolean;
}
