import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Lists all topics of a name server. The answer's body is a TopicList. */
export const getTopicList = defineCommand({
  code: RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER,
  name: 'GET_ALL_TOPIC_LIST_FROM_NAMESERVER',
});
