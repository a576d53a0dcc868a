import type { JournalDone } from '../../../src/broker/state/journal.ts';
import { LogJournal as Real } from '../../../src/broker/state/log-journal.ts';
import type { StateChange } from '../../../src/broker/state/state-change.ts';
import type { PutRefusal } from '../../../src/store/put-message.ts';

/** Calls a change of topics committed when it is appended. */
export class LogJournal extends Real {
  override append(changes: readonly StateChange[], done?: JournalDone): PutRefusal | undefined {
    if (!changes.every(({ type }) => type.startsWith('topic-'))) return super.append(changes, done);
    const refusal = super.append(changes);
    if (refusal === undefined) queueMicrotask(() => done?.('committed'));
    return refusal;
  }
}
