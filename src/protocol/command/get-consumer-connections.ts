import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads who consumes. The answer's body is a ConsumerConnection. */
export const getConsumerConnections = defineCommand({
  code: RequestCode.GET_CONSUMER_CONNECTION_LIST,
  name: 'GET_CONSUMER_CONNECTION_LIST',
  request: {
    consumerGroup: 'string',
  },
});

export type GetConsumerConnectionsRequest = RequestOf<typeof getConsumerConnections>;
