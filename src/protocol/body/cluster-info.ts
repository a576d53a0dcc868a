import { defaulted, list, map, object, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { brokerData } from './broker-data.ts';

/** All brokers by name, and the broker names of each cluster: the answer to GET_BROKER_CLUSTER_INFO. */
export const clusterInfo = defineBody(
  'ClusterInfo',
  object({
    brokerAddrTable: defaulted(map(brokerData), new Map()),
    clusterAddrTable: defaulted(map(list(text)), new Map()),
  }),
);

export type ClusterInfo = BodyOf<typeof clusterInfo>;
