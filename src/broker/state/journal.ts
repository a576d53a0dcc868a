import type { PendingPut, PutMessage, PutRefusal } from '../../store/put-message.ts';
import type { StateChange } from './state-change.ts';

/**
 * `committed`: it survives as the replication in force promises. `unknown`: appended, but this node can no longer tell (response code 1).
 */
export type JournalOutcome = 'committed' | 'unknown';

/** Called exactly once for an append that was not refused, never before the append returned. */
export type JournalDone = (outcome: JournalOutcome) => void;

/**
 * Where changes of the broker's state go. An accepted append takes effect at the tail of the state before it returns, so that the next
 * decision of the same turn sees it. A refusal is certain: nothing changed, now or later.
 */
export interface StateJournal {
  /** Appends changes that belong together as one atomic unit, in the order given. */
  append(changes: readonly StateChange[], done?: JournalDone): PutRefusal | undefined;
  /**
   * Appends messages together with changes: all or nothing where the implementation can (the log), the messages first where it cannot (files).
   * `pending` hears the outcome of the messages.
   */
  appendWith(
    messages: readonly PutMessage[],
    changes: readonly StateChange[],
    pending: PendingPut,
  ): PutRefusal | undefined;
}
