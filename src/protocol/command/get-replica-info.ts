import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** A broker asks who is master of its set. Ours: uncleanEpoch and setId, as in CONTROLLER_REGISTER_BROKER; and brokerId with brokerAddress, who asks, for heldBy: the address at which the controllers know that id, if it is another. The body of the answer is a SyncStateSet. */
export const getReplicaInfo = defineCommand({
  code: RequestCode.CONTROLLER_GET_REPLICA_INFO,
  name: 'CONTROLLER_GET_REPLICA_INFO',
  request: {
    brokerName: 'string',
    brokerId: 'long?',
    brokerAddress: 'string?',
  },
  response: {
    masterBrokerId: 'long?',
    masterAddress: 'string?',
    masterEpoch: 'int?',
    uncleanEpoch: 'int?',
    setId: 'string?',
    heldBy: 'string?',
  },
});

export type GetReplicaInfoRequest = RequestOf<typeof getReplicaInfo>;
export type GetReplicaInfoResponse = ResponseOf<typeof getReplicaInfo>;
