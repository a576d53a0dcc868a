import { searchOffsetByTimestamp } from '../../protocol/command/search-offset-by-timestamp.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Offset of a queue by store time. */
export function searchOffsetProcessor({ store }: BrokerParts): RequestHandler {
  return typed(searchOffsetByTimestamp, (context, { topic, queueId, timestamp, boundaryType }) => {
    const boundary = boundaryType?.toUpperCase() === 'UPPER' ? 'upper' : 'lower';
    store.offsetByTime(topic, queueId, timestamp, boundary, (offset) => {
      context.respond(searchOffsetByTimestamp, ResponseCode.SUCCESS, { offset });
    });
  });
}
