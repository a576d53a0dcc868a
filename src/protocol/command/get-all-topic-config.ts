import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Reads all topics of a broker. The answer's body is a TopicConfigTable. */
export const getAllTopicConfig = defineCommand({
  code: RequestCode.GET_ALL_TOPIC_CONFIG,
  name: 'GET_ALL_TOPIC_CONFIG',
});
