import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** A broker registers with a name server. The body is a RegisterBrokerBody. */
export const registerBroker = defineCommand({
  code: RequestCode.REGISTER_BROKER,
  name: 'REGISTER_BROKER',
  request: {
    brokerName: 'string',
    brokerAddr: 'string',
    clusterName: 'string',
    haServerAddr: 'string',
    brokerId: 'long',
    heartbeatTimeoutMillis: 'long?',
    enableActingMaster: 'boolean?',
    compressed: ['boolean', false],
    bodyCrc32: ['int', 0],
  },
  response: {
    haServerAddr: 'string?',
    masterAddr: 'string?',
  },
});

export type RegisterBrokerRequest = RequestOf<typeof registerBroker>;
export type RegisterBrokerResponse = ResponseOf<typeof registerBroker>;
