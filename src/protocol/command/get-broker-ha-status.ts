import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Asks a broker how its replication is doing. The body of the answer is a HARuntimeInfo. */
export const getBrokerHaStatus = defineCommand({
  code: RequestCode.GET_BROKER_HA_STATUS,
  name: 'GET_BROKER_HA_STATUS',
});
