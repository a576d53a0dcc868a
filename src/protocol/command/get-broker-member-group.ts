import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Lists the members of one broker name. */
export const getBrokerMemberGroup = defineCommand({
  code: RequestCode.GET_BROKER_MEMBER_GROUP,
  name: 'GET_BROKER_MEMBER_GROUP',
  request: {
    clusterName: 'string',
    brokerName: 'string',
  },
});

export type GetBrokerMemberGroupRequest = RequestOf<typeof getBrokerMemberGroup>;
