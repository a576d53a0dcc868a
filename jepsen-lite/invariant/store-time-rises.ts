import { storeTimestampOf } from '../../src/store/time-search.ts';
import type { Invariant } from './invariant.ts';
import type { CommittedRecord } from './ledger.ts';

/** No record of the log has a store time below that of the record before it, whoever leads and whatever clocks do: time search and delays need it to rise (raft/SAFETY.md 5). */
export class StoreTimeRises implements Invariant {
  readonly name = 'store-time-rises';
  #latestMs = 0;

  firstCommitted(
    { name }: { readonly name: string },
    entry: { readonly records: readonly CommittedRecord[] },
  ): string | undefined {
    for (const { position, bytes } of entry.records) {
      const storeMs = storeTimestampOf(bytes);
      if (storeMs < this.#latestMs)
        return `${name} commits a record at ${position} that is ${this.#latestMs - storeMs} ms older than one before it`;
      this.#latestMs = storeMs;
    }
    return undefined;
  }
}
