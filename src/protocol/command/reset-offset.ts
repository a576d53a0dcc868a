import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Resets the offsets of a group to a time. The answer's body is a ResetOffsetBody. */
export const resetOffset = defineCommand({
  code: RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
  name: 'INVOKE_BROKER_TO_RESET_OFFSET',
  request: {
    topic: 'string',
    group: 'string',
    queueId: ['int', -1],
    offset: 'long?',
    timestamp: 'long',
    isForce: 'boolean',
  },
});

export type ResetOffsetRequest = RequestOf<typeof resetOffset>;
