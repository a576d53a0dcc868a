import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Makes the controller forget brokers: ids separated by `;`, or all of the set. */
export const cleanBrokerData = defineCommand({
  code: RequestCode.CLEAN_BROKER_DATA,
  name: 'CLEAN_BROKER_DATA',
  request: {
    clusterName: 'string?',
    brokerName: 'string',
    brokerControllerIdsToClean: 'string?',
    isCleanLivingBroker: ['boolean', false],
    invokeTime: 'long?',
  },
});

export type CleanBrokerDataRequest = RequestOf<typeof cleanBrokerData>;
