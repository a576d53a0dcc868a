import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Reads the figures that clusterList and brokerStatus print. The answer's body is a KVTable. */
export const getBrokerRuntimeInfo = defineCommand({
  code: RequestCode.GET_BROKER_RUNTIME_INFO,
  name: 'GET_BROKER_RUNTIME_INFO',
});
