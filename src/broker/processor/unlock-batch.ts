import { lockBatchRequest } from '../../protocol/body/lock-batch.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';

/** An orderly consumer gives queues back. */
export function unlockBatchProcessor({ locks }: BrokerParts): RequestHandler {
  return (context) => {
    const body = lockBatchRequest.decode(context.command.body);
    if (body instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, body.message);
      return;
    }
    locks.unlock(body.consumerGroup, body.clientId, body.mqSet);
    context.reply(ResponseCode.SUCCESS);
  };
}
