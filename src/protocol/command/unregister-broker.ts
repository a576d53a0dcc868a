import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** A broker leaves a name server. */
export const unregisterBroker = defineCommand({
  code: RequestCode.UNREGISTER_BROKER,
  name: 'UNREGISTER_BROKER',
  request: {
    brokerName: 'string',
    brokerAddr: 'string',
    clusterName: 'string',
    brokerId: 'long',
  },
});

export type UnregisterBrokerRequest = RequestOf<typeof unregisterBroker>;
