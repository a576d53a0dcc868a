import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Creates or changes a subscription group. The body is a SubscriptionGroupConfig. */
export const updateSubscriptionGroup = defineCommand({
  code: RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
  name: 'UPDATE_AND_CREATE_SUBSCRIPTIONGROUP',
});
