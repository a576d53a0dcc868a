import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Asks for all replicas of broker sets. The body is a list of broker names, that of the answer a BrokerReplicasInfo. */
export const getSyncStateData = defineCommand({
  code: RequestCode.CONTROLLER_GET_SYNC_STATE_DATA,
  name: 'CONTROLLER_GET_SYNC_STATE_DATA',
});
