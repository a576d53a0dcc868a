import { getMinOffset } from '../../protocol/command/get-min-offset.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** First offset of a queue that can still be read. */
export function getMinOffsetProcessor({ store }: BrokerParts): RequestHandler {
  return typed(getMinOffset, (context, { topic, queueId }) => {
    context.respond(getMinOffset, ResponseCode.SUCCESS, { offset: store.minOffset(topic, queueId) });
  });
}
