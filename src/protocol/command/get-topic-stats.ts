import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads minimum, maximum and last update of each queue. The answer's body is a TopicStatsTable. */
export const getTopicStats = defineCommand({
  code: RequestCode.GET_TOPIC_STATS_INFO,
  name: 'GET_TOPIC_STATS_INFO',
  request: {
    topic: 'string',
  },
});

export type GetTopicStatsRequest = RequestOf<typeof getTopicStats>;
