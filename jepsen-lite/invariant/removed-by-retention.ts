/** What is known of the messages of a queue (`topic/queue`). */
export interface RemovalRecord {
  /** When retention removed a message from the first member, ns; undefined if it never did. */
  removedNs(key: string, queueOffset: number): number | undefined;
}

/** A queue begins where retention ended, and nowhere else: what no member has removed can be read (architecture, promise 1; RocketMQ's GET_MIN_OFFSET). */
export class RemovedByRetention {
  readonly name = 'removed-by-retention';
  readonly #record: RemovalRecord;

  constructor(record: RemovalRecord) {
    this.#record = record;
  }

  /** `start`: the first offset of the queue that can be read, as its broker says. Messages are removed in their order. */
  begins(key: string, start: number): string | undefined {
    if (start === 0 || this.#record.removedNs(key, start - 1) !== undefined) return undefined;
    return `${key} is said to begin at ${start}, but no member has removed the message before`;
  }
}
