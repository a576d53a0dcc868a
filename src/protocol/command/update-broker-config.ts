import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Changes settings while the broker runs. The body is Java properties text. */
export const updateBrokerConfig = defineCommand({
  code: RequestCode.UPDATE_BROKER_CONFIG,
  name: 'UPDATE_BROKER_CONFIG',
});
