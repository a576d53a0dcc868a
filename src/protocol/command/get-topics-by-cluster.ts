import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Lists the topics of a cluster. The answer's body is a TopicList. */
export const getTopicsByCluster = defineCommand({
  code: RequestCode.GET_TOPICS_BY_CLUSTER,
  name: 'GET_TOPICS_BY_CLUSTER',
  request: {
    cluster: 'string',
  },
});

export type GetTopicsByClusterRequest = RequestOf<typeof getTopicsByCluster>;
