import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Reads the store time (ms) of the oldest message of a queue. */
export const getEarliestStoreTime = defineCommand({
  code: RequestCode.GET_EARLIEST_MSG_STORETIME,
  name: 'GET_EARLIEST_MSG_STORETIME',
  request: {
    topic: 'string',
    queueId: 'int',
  },
  response: {
    timestamp: 'long',
  },
});

export type GetEarliestStoreTimeRequest = RequestOf<typeof getEarliestStoreTime>;
export type GetEarliestStoreTimeResponse = ResponseOf<typeof getEarliestStoreTime>;
