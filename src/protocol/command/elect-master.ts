import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Asks the controller for a master of a broker set. Ours: acceptLoss, of a designated one: it may be elected although it is not in sync, if nobody in sync is alive; in the answer uncleanEpoch: the epoch, if it was. The body of the answer is an ElectMasterResponseBody. */
export const electMaster = defineCommand({
  code: RequestCode.CONTROLLER_ELECT_MASTER,
  name: 'CONTROLLER_ELECT_MASTER',
  request: {
    clusterName: ['string', ''],
    brokerName: ['string', ''],
    brokerId: ['long', -1],
    designateElect: ['boolean', false],
    invokeTime: 'long?',
    acceptLoss: 'boolean?',
  },
  response: {
    masterBrokerId: 'long?',
    masterAddress: 'string?',
    masterEpoch: 'int?',
    syncStateSetEpoch: 'int?',
    uncleanEpoch: 'int?',
  },
});

export type ElectMasterRequest = RequestOf<typeof electMaster>;
export type ElectMasterResponse = ResponseOf<typeof electMaster>;
