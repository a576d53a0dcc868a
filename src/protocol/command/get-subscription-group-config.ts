import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads the settings of a group. The answer's body is a SubscriptionGroupConfig. */
export const getSubscriptionGroupConfig = defineCommand({
  code: RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG,
  name: 'GET_SUBSCRIPTIONGROUP_CONFIG',
  request: {
    group: 'string',
  },
});

export type GetSubscriptionGroupConfigRequest = RequestOf<typeof getSubscriptionGroupConfig>;
