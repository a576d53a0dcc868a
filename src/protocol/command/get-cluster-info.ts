import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Reads all clusters and brokers of a name server. The answer's body is ClusterInfo. */
export const getClusterInfo = defineCommand({
  code: RequestCode.GET_BROKER_CLUSTER_INFO,
  name: 'GET_BROKER_CLUSTER_INFO',
});
