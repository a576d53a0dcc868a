import { defaulted, flag, list, map, object, optional, text, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

const replica = object({ brokerName: text, brokerId: whole, brokerAddress: text, alive: defaulted(flag, false) });

/** Broker sets by name with their replicas: the answer to CONTROLLER_GET_SYNC_STATE_DATA. */
export const brokerReplicasInfo = defineBody(
  'BrokerReplicasInfo',
  object({
    replicasInfoTable: map(
      object({
        masterBrokerId: optional(whole),
        masterAddress: optional(text),
        masterEpoch: whole,
        syncStateSetEpoch: whole,
        inSyncReplicas: defaulted(list(replica), []),
        notInSyncReplicas: defaulted(list(replica), []),
      }),
    ),
  }),
);

export type BrokerReplicasInfo = BodyOf<typeof brokerReplicasInfo>;
