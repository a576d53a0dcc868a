import { getEarliestStoreTime } from '../../protocol/command/get-earliest-store-time.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Store time of the oldest message of a queue; -1 if it has none. */
export function getEarliestStoreTimeProcessor({ store }: BrokerParts): RequestHandler {
  return typed(getEarliestStoreTime, (context, { topic, queueId }) => {
    store.storeTimeAt(topic, queueId, store.minOffset(topic, queueId), (timestamp) => {
      context.respond(getEarliestStoreTime, ResponseCode.SUCCESS, { timestamp: timestamp ?? -1 });
    });
  });
}
