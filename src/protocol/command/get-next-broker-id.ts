import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** A broker without an id asks which one it could take. */
export const getNextBrokerId = defineCommand({
  code: RequestCode.CONTROLLER_GET_NEXT_BROKER_ID,
  name: 'CONTROLLER_GET_NEXT_BROKER_ID',
  request: {
    clusterName: 'string',
    brokerName: 'string',
  },
  response: {
    clusterName: 'string?',
    brokerName: 'string?',
    nextBrokerId: 'long?',
  },
});

export type GetNextBrokerIdRequest = RequestOf<typeof getNextBrokerId>;
export type GetNextBrokerIdResponse = ResponseOf<typeof getNextBrokerId>;
