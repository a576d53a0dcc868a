import { type QueryConsumerOffsetRequest, queryConsumerOffset } from '../../protocol/command/query-consumer-offset.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/**
 * A log shorter than this counts as young: a new group then starts at the first message even if it asked for the last one. Stock brokers compare
 * with 40 % of the machine's memory (ConsumerManageProcessor.java).
 */
const YOUNG_LOG_BYTES = 4 * 1024 * 1024 * 1024;

/**
 * Reads a group's offset: code 22 lets the client choose where to start. An offset is told when it is committed, those first that nobody waits for: who
 * reads it after a change of the leader must not find an older one.
 */
export function queryConsumerOffsetProcessor(parts: BrokerParts): RequestHandler {
  const { state, offsetBatch } = parts;
  return typed(queryConsumerOffset, (context, request) => {
    const { consumerGroup, topic, queueId } = request;
    if (state.offsets.isDirty(consumerGroup, topic, queueId)) offsetBatch.flush();
    state.offsets.whenCommitted(consumerGroup, topic, queueId, (offset) => {
      if (offset === 'lost') context.reply(ResponseCode.SERVICE_NOT_AVAILABLE, NOT_MASTER);
      else answer(parts, context, request, offset);
    });
  });
}

const NOT_MASTER = 'this broker stepped down before the offset was committed; ask again';

function answer(
  { store }: BrokerParts,
  context: RequestContext,
  { topic, queueId, setZeroIfNotFound }: QueryConsumerOffsetRequest,
  offset: number | undefined,
): void {
  if (offset !== undefined) {
    context.respond(queryConsumerOffset, ResponseCode.SUCCESS, { offset });
    return;
  }
  const young = store.confirmedPosition - store.minPosition < YOUNG_LOG_BYTES;
  if (setZeroIfNotFound !== false && young && store.minOffset(topic, queueId) <= 0) {
    context.respond(queryConsumerOffset, ResponseCode.SUCCESS, { offset: 0 });
    return;
  }
  context.reply(ResponseCode.QUERY_NOT_FOUND, 'Not found, maybe this group consumer boot first');
}
