import { queryConsumerOffset } from '../../protocol/command/query-consumer-offset.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/**
 * A log shorter than this counts as young: a new group then starts at the first message even if it asked for the last one. Stock brokers compare
 * with 40 % of the machine's memory (ConsumerManageProcessor.java).
 */
const YOUNG_LOG_BYTES = 4 * 1024 * 1024 * 1024;

/** Reads a group's offset: code 22 lets the client choose where to start. */
export function queryConsumerOffsetProcessor(parts: BrokerParts): RequestHandler {
  const { state, store } = parts;
  return typed(queryConsumerOffset, (context, { consumerGroup, topic, queueId, setZeroIfNotFound }) => {
    const offset = state.offsets.get(consumerGroup, topic, queueId);
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
  });
}
