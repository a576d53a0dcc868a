import { CommitLog as Real } from '../../../src/store/commit-log.ts';
import type { PendingPut, PutMessage, PutRefusal } from '../../../src/store/put-message.ts';

export * from '../../../src/store/commit-log.ts';

const NOBODY: PendingPut = { ticket: 0, putFinished: () => {} };

/** Appends the messages of a batch one by one. What is more than a batch of one queue (a delivery and its progress) stays one unit. */
export class CommitLog extends Real {
  override putUnit(messages: readonly PutMessage[], pending: PendingPut): PutRefusal | undefined {
    const [first] = messages;
    if (messages.some(({ topic, queueId }) => topic !== first?.topic || queueId !== first.queueId))
      return super.putUnit(messages, pending);
    for (const [at, message] of messages.entries()) {
      const refusal = super.putUnit([message], at === messages.length - 1 ? pending : NOBODY);
      if (refusal !== undefined) return refusal;
    }
    return messages.length === 0 ? super.putUnit(messages, pending) : undefined;
  }
}
