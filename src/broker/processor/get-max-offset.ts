import { getMaxOffset } from '../../protocol/command/get-max-offset.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Offset behind the last message of a queue; with `committed=false` behind the last appended one. */
export function getMaxOffsetProcessor({ store }: BrokerParts): RequestHandler {
  return typed(getMaxOffset, (context, { topic, queueId, committed }) => {
    const offset = committed ? store.maxOffset(topic, queueId) : store.nextOffset(topic, queueId);
    context.respond(getMaxOffset, ResponseCode.SUCCESS, { offset });
  });
}
