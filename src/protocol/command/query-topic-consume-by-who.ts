import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Lists the groups that consume a topic. The answer's body is a GroupList. */
export const queryTopicConsumeByWho = defineCommand({
  code: RequestCode.QUERY_TOPIC_CONSUME_BY_WHO,
  name: 'QUERY_TOPIC_CONSUME_BY_WHO',
  request: {
    topic: 'string',
  },
});

export type QueryTopicConsumeByWhoRequest = RequestOf<typeof queryTopicConsumeByWho>;
