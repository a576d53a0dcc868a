import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Stores the offset of a group in one queue; normally oneway. */
export const updateConsumerOffset = defineCommand({
  code: RequestCode.UPDATE_CONSUMER_OFFSET,
  name: 'UPDATE_CONSUMER_OFFSET',
  request: {
    consumerGroup: 'string',
    topic: 'string',
    queueId: 'int',
    commitOffset: 'long',
  },
});

export type UpdateConsumerOffsetRequest = RequestOf<typeof updateConsumerOffset>;
