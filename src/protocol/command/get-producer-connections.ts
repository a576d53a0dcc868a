import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads who produces. The answer's body is a ProducerConnection. */
export const getProducerConnections = defineCommand({
  code: RequestCode.GET_PRODUCER_CONNECTION_LIST,
  name: 'GET_PRODUCER_CONNECTION_LIST',
  request: {
    producerGroup: 'string',
  },
});

export type GetProducerConnectionsRequest = RequestOf<typeof getProducerConnections>;
