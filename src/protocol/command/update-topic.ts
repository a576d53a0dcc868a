import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Creates or changes a topic. `attributes` is `+key=value,-key`. */
export const updateTopic = defineCommand({
  code: RequestCode.UPDATE_AND_CREATE_TOPIC,
  name: 'UPDATE_AND_CREATE_TOPIC',
  request: {
    topic: 'string',
    defaultTopic: 'string',
    readQueueNums: 'int',
    writeQueueNums: 'int',
    perm: 'int',
    topicFilterType: 'string',
    topicSysFlag: 'int?',
    order: ['boolean', false],
    attributes: 'string?',
    force: ['boolean', false],
  },
});

export type UpdateTopicRequest = RequestOf<typeof updateTopic>;
