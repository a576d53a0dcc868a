import { queryMessage } from '../../protocol/command/query-message.ts';
import { decodeRecord } from '../../protocol/message/record-reader.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Messages in one answer at most. */
const MAX_MESSAGES = 1_024;

/** Finds messages by a word of KEYS or by UNIQ_KEY. */
export function queryMessageProcessor({ store, config }: BrokerParts): RequestHandler {
  return typed(queryMessage, (context, request) => {
    const unique = request.uniqueKeyQuery?.toLowerCase() === 'true';
    const maxCount = unique ? config.defaultQueryMaxNum : Math.min(MAX_MESSAGES, Math.max(1, request.maxNum));
    const { topic, key, beginTimestamp, endTimestamp } = request;
    store.queryByKey(topic, key, maxCount, beginTimestamp, endTimestamp, (records) => {
      const newest = records[0] === undefined ? undefined : decodeRecord(records[0]);
      if (newest === undefined || typeof newest === 'string') {
        context.reply(ResponseCode.QUERY_NOT_FOUND, 'can not find message, maybe time range not correct');
        return;
      }
      const header = {
        indexLastUpdateTimestamp: newest.storeTimestamp,
        indexLastUpdatePhyoffset: newest.position,
      };
      context.respond(queryMessage, ResponseCode.SUCCESS, header, undefined, records);
    });
  });
}
