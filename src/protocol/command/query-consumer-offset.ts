import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Reads the stored offset of a group in one queue. */
export const queryConsumerOffset = defineCommand({
  code: RequestCode.QUERY_CONSUMER_OFFSET,
  name: 'QUERY_CONSUMER_OFFSET',
  request: {
    consumerGroup: 'string',
    topic: 'string',
    queueId: 'int',
    setZeroIfNotFound: 'boolean?',
  },
  response: {
    offset: 'long',
  },
});

export type QueryConsumerOffsetRequest = RequestOf<typeof queryConsumerOffset>;
export type QueryConsumerOffsetResponse = ResponseOf<typeof queryConsumerOffset>;
