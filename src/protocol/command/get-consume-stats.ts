import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads how far a group is, queue by queue. The answer's body is ConsumeStats. */
export const getConsumeStats = defineCommand({
  code: RequestCode.GET_CONSUME_STATS,
  name: 'GET_CONSUME_STATS',
  request: {
    consumerGroup: 'string',
    topic: 'string?',
    topicList: 'string?',
  },
});

export type GetConsumeStatsRequest = RequestOf<typeof getConsumeStats>;
