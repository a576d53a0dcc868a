import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** A broker takes an id. `registerCheckCode` is `address;timestamp`: it tells a repeated request from that of another broker. */
export const applyBrokerId = defineCommand({
  code: RequestCode.CONTROLLER_APPLY_BROKER_ID,
  name: 'CONTROLLER_APPLY_BROKER_ID',
  request: {
    clusterName: 'string',
    brokerName: 'string',
    appliedBrokerId: 'long',
    registerCheckCode: 'string',
  },
  response: {
    clusterName: 'string?',
    brokerName: 'string?',
  },
});

export type ApplyBrokerIdRequest = RequestOf<typeof applyBrokerId>;
export type ApplyBrokerIdResponse = ResponseOf<typeof applyBrokerId>;
