import { lockBatchRequest } from '../../protocol/body/lock-batch.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { queuesOf } from './lock-batch.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';

/** An orderly consumer gives queues back; answered when that is confirmed. */
export function unlockBatchProcessor({ locks, journal }: BrokerParts): RequestHandler {
  return (context) => {
    const body = lockBatchRequest.decode(context.command.body);
    if (body instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, body.message);
      return;
    }
    const owners = locks.unlock(queuesOf(body), body.clientId);
    if (owners.length === 0) {
      context.reply(ResponseCode.SUCCESS);
      return;
    }
    const refusal = journal.append([{ type: 'queue-lock', owners }], replyWhenCommitted(context));
    if (refusal !== undefined) replyRefused(context, refusal);
  };
}
