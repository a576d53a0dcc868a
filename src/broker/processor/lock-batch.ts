import { type LockBatchRequest, lockBatchRequest, lockBatchResponse } from '../../protocol/body/lock-batch.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { GroupQueue } from '../client-manager/queue-owners.ts';
import type { BrokerParts } from '../parts.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';

/**
 * An orderly consumer locks queues; the answer lists those that it holds now. Renewing what it has changes nothing that must be confirmed; what it takes is
 * answered when it is, and if that fails, what it has is still renewed.
 */
export function lockBatchProcessor({ locks, journal, platform }: BrokerParts): RequestHandler {
  return (context) => {
    const body = lockBatchRequest.decode(context.command.body);
    if (body instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, body.message);
      return;
    }
    const nowMs = platform.clock.monotonicMs();
    const { held, taken } = locks.lock(queuesOf(body), body.clientId, nowMs);
    const answer = (locked: readonly GroupQueue[]): void => {
      const lockOKMQSet = locked.map(({ topic, brokerName, queueId }) => ({ topic, brokerName, queueId }));
      context.reply(ResponseCode.SUCCESS, undefined, undefined, [lockBatchResponse.encode({ lockOKMQSet })]);
    };
    if (taken.length === 0) {
      answer(held);
      return;
    }
    const refusal = journal.append([{ type: 'queue-lock', owners: taken }], (outcome) => {
      if (outcome === 'committed') answer([...held, ...taken]);
      else if (held.length > 0) answer(held);
      else replyWhenCommitted(context)(outcome);
    });
    if (refusal === undefined) locks.took(taken, nowMs);
    else if (held.length > 0) answer(held);
    else replyRefused(context, refusal);
  };
}

/** What a request to lock or unlock names. */
export function queuesOf({ consumerGroup: group, mqSet }: LockBatchRequest): GroupQueue[] {
  return mqSet.map(({ topic, brokerName, queueId }) => ({ group, topic, brokerName, queueId }));
}
