import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Removes the route of a topic from a name server, of one cluster only where `clusterName` is given. */
export const deleteTopicInNamesrv = defineCommand({
  code: RequestCode.DELETE_TOPIC_IN_NAMESRV,
  name: 'DELETE_TOPIC_IN_NAMESRV',
  request: {
    topic: 'string',
    clusterName: 'string?',
  },
});

export type DeleteTopicInNamesrvRequest = RequestOf<typeof deleteTopicInNamesrv>;
