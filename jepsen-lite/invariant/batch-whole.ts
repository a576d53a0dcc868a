import type { Invariant } from './invariant.ts';
import type { CommittedRecord } from './ledger.ts';
import { messageValue } from './message-body.ts';

/**
 * A client's batch is one entry (raft/SAFETY.md 1): whatever attempt of it is committed stands in one entry, from its first message to its last, in one queue at offsets that follow each other. So it
 * is there as a whole or not at all, whoever leads next. An attempt that is repeated stands there twice, each time whole.
 */
export class BatchWhole implements Invariant {
  readonly name = 'batch-whole';
  /** By value: the values of its batch, in the order in which they were sent. */
  readonly #batches = new Map<string, readonly string[]>();

  batchSent(values: readonly string[]): undefined {
    for (const value of values) this.#batches.set(value, values);
  }

  firstCommitted(
    { name }: { readonly name: string },
    { index, records }: { readonly index: number; readonly records: readonly CommittedRecord[] },
  ): string | undefined {
    for (let at = 0; at < records.length; ) {
      const batch = this.#batches.get(messageValue((records[at] as CommittedRecord).body) ?? '');
      const due = batch ?? [];
      const missing = due.findIndex((value, place) => !follows(records[at], records[at + place], place, value));
      if (missing >= 0)
        return `${name} commits entry ${index} with ${missing} of the ${due.length} messages of the batch ${due.join(' ')}: ${due[missing]} does not stand behind them`;
      at += Math.max(due.length, 1);
    }
    return undefined;
  }
}

/** Whether the record is the one that is due so many places behind the batch's first. */
function follows(
  first: CommittedRecord | undefined,
  record: CommittedRecord | undefined,
  place: number,
  value: string,
): boolean {
  return (
    first !== undefined &&
    record !== undefined &&
    messageValue(record.body) === value &&
    record.topic === first.topic &&
    record.queueId === first.queueId &&
    record.queueOffset === first.queueOffset + place
  );
}
