import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Reads all subscription groups. The answer's body is a SubscriptionGroupTable. */
export const getAllSubscriptionGroups = defineCommand({
  code: RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG,
  name: 'GET_ALL_SUBSCRIPTIONGROUP_CONFIG',
  request: {
    groupSeq: 'int?',
    dataVersion: 'string?',
    maxGroupNum: 'int?',
  },
  response: {
    totalGroupNum: 'int?',
  },
});

export type GetAllSubscriptionGroupsRequest = RequestOf<typeof getAllSubscriptionGroups>;
export type GetAllSubscriptionGroupsResponse = ResponseOf<typeof getAllSubscriptionGroups>;
