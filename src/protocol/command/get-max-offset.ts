import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Reads the offset after the last message of a queue. */
export const getMaxOffset = defineCommand({
  code: RequestCode.GET_MAX_OFFSET,
  name: 'GET_MAX_OFFSET',
  request: {
    topic: 'string',
    queueId: 'int',
    committed: ['boolean', true],
  },
  response: {
    offset: 'long',
  },
});

export type GetMaxOffsetRequest = RequestOf<typeof getMaxOffset>;
export type GetMaxOffsetResponse = ResponseOf<typeof getMaxOffset>;
