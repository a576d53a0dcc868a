import { CommitLog as Real } from '../../../src/store/commit-log.ts';
import type { PendingPut, PutMessage, PutRefusal } from '../../../src/store/put-message.ts';

export * from '../../../src/store/commit-log.ts';

const EVERY = 10;
/** What clients of the history send. */
const TOPICS: ReadonlySet<string> = new Set(['A', 'B']);

/** Appends now and then another copy behind what it was given, for which nobody waits. */
export class CommitLog extends Real {
  #singles = 0;

  override putUnit(messages: readonly PutMessage[], pending: PendingPut): PutRefusal | undefined {
    const refusal = super.putUnit(messages, pending);
    const [message] = messages;
    if (refusal !== undefined || message === undefined || messages.length > 1 || !TOPICS.has(message.topic))
      return refusal;
    if (++this.#singles % EVERY === 0) super.putUnit([{ ...message }], { ticket: 0, putFinished: () => {} });
    return undefined;
  }
}
