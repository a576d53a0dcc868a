import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Removes a subscription group. */
export const deleteSubscriptionGroup = defineCommand({
  code: RequestCode.DELETE_SUBSCRIPTIONGROUP,
  name: 'DELETE_SUBSCRIPTIONGROUP',
  request: {
    groupName: 'string',
    cleanOffset: ['boolean', false],
    /** The same under the name that 4.9 sends. */
    removeOffset: 'boolean?',
  },
});

export type DeleteSubscriptionGroupRequest = RequestOf<typeof deleteSubscriptionGroup>;
