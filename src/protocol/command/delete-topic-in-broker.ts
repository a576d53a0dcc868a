import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Removes a topic from a broker. */
export const deleteTopicInBroker = defineCommand({
  code: RequestCode.DELETE_TOPIC_IN_BROKER,
  name: 'DELETE_TOPIC_IN_BROKER',
  request: {
    topic: 'string',
  },
});

export type DeleteTopicInBrokerRequest = RequestOf<typeof deleteTopicInBroker>;
