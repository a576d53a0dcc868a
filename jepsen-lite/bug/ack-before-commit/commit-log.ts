import { CommitLog as Real } from '../../../src/store/commit-log.ts';
import type { PendingPut, PutMessage, PutRefusal } from '../../../src/store/put-message.ts';

export { isQueued } from '../../../src/store/commit-log.ts';

/** Confirms what was appended when the call that appended it is over. */
export class CommitLog extends Real {
  override putUnit(messages: readonly PutMessage[], pending: PendingPut): PutRefusal | undefined {
    const refusal = super.putUnit(messages, pending);
    if (refusal === undefined) queueMicrotask(() => this.confirmed(pending.ticket));
    return refusal;
  }
}
