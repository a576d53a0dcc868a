import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads the settings of a topic. The answer's body is a TopicConfig. */
export const getTopicConfig = defineCommand({
  code: RequestCode.GET_TOPIC_CONFIG,
  name: 'GET_TOPIC_CONFIG',
  request: {
    topic: 'string',
  },
});

export type GetTopicConfigRequest = RequestOf<typeof getTopicConfig>;
