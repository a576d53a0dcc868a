import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Asks the controller for a master of a broker set. The body of the answer is an ElectMasterResponseBody. */
export const electMaster = defineCommand({
  code: RequestCode.CONTROLLER_ELECT_MASTER,
  name: 'CONTROLLER_ELECT_MASTER',
  request: {
    clusterName: ['string', ''],
    brokerName: ['string', ''],
    brokerId: ['long', -1],
    designateElect: ['boolean', false],
    invokeTime: 'long?',
  },
  response: {
    masterBrokerId: 'long?',
    masterAddress: 'string?',
    masterEpoch: 'int?',
    syncStateSetEpoch: 'int?',
  },
});

export type ElectMasterRequest = RequestOf<typeof electMaster>;
export type ElectMasterResponse = ResponseOf<typeof electMaster>;
