import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** A broker that has its id tells the controller that it is there, and where. Ours: inDoubt, and of a broker in doubt the epochs in which it wrote nothing as master and never will (above begunEpoch, up to renouncedEpoch); knownEpoch: the set's epoch of which it was told before it says so, which is refused with CONTROLLER_FENCED_MASTER_EPOCH where that is another by now. asyncLearner: it is never to be in sync, nor master. epoch: the newest that its log has, or that it began. starts: names of the starts of its store since the last one of which the controllers are known to have heard, that one included, with blanks between. setId: identity of the set to which its log belongs, as far as it knows; maxOffset: where its log ends. In the answer uncleanEpoch: the newest epoch whose master was not in sync when it was elected, if there is one; setId: identity of the set, once it had a master. Its body is a SyncStateSet; the master is told while it is alive. */
export const registerBrokerToController = defineCommand({
  code: RequestCode.CONTROLLER_REGISTER_BROKER,
  name: 'CONTROLLER_REGISTER_BROKER',
  request: {
    clusterName: 'string',
    brokerName: 'string',
    brokerId: 'long',
    brokerAddress: 'string',
    invokeTime: 'long?',
    inDoubt: ['boolean', false],
    begunEpoch: 'long?',
    renouncedEpoch: 'long?',
    knownEpoch: 'long?',
    asyncLearner: 'boolean?',
    epoch: 'int?',
    starts: 'string?',
    setId: 'string?',
    maxOffset: 'long?',
  },
  response: {
    clusterName: 'string?',
    brokerName: 'string?',
    masterBrokerId: 'long?',
    masterAddress: 'string?',
    masterEpoch: 'int?',
    syncStateSetEpoch: 'int?',
    uncleanEpoch: 'int?',
    setId: 'string?',
  },
});

export type RegisterBrokerToControllerRequest = RequestOf<typeof registerBrokerToController>;
export type RegisterBrokerToControllerResponse = ResponseOf<typeof registerBrokerToController>;
