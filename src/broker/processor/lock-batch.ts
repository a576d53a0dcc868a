import { lockBatchRequest, lockBatchResponse } from '../../protocol/body/lock-batch.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';

/** An orderly consumer locks queues; the answer lists those that it holds now. */
export function lockBatchProcessor({ locks, platform }: BrokerParts): RequestHandler {
  return (context) => {
    const body = lockBatchRequest.decode(context.command.body);
    if (body instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, body.message);
      return;
    }
    const { consumerGroup, clientId, mqSet } = body;
    const held = locks.lock(consumerGroup, clientId, mqSet, platform.clock.monotonicMs());
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [lockBatchResponse.encode({ lockOKMQSet: held })]);
  };
}
