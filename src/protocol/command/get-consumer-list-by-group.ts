import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Lists the client ids of a group. The answer's body is a ConsumerList. */
export const getConsumerListByGroup = defineCommand({
  code: RequestCode.GET_CONSUMER_LIST_BY_GROUP,
  name: 'GET_CONSUMER_LIST_BY_GROUP',
  request: {
    consumerGroup: 'string',
  },
});

export type GetConsumerListByGroupRequest = RequestOf<typeof getConsumerListByGroup>;
