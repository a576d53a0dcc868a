import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Sent by the broker, oneway: a consumer is to go on at other offsets. The body is a ResetOffsetBody. */
export const resetConsumerClientOffset = defineCommand({
  code: RequestCode.RESET_CONSUMER_CLIENT_OFFSET,
  name: 'RESET_CONSUMER_CLIENT_OFFSET',
  request: {
    topic: 'string',
    group: 'string',
    queueId: 'int?',
    offset: 'long?',
    timestamp: 'long',
    isForce: 'boolean',
  },
});

export type ResetConsumerClientOffsetRequest = RequestOf<typeof resetConsumerClientOffset>;
