import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Reads the offset of the oldest message that a queue still has. */
export const getMinOffset = defineCommand({
  code: RequestCode.GET_MIN_OFFSET,
  name: 'GET_MIN_OFFSET',
  request: {
    topic: 'string',
    queueId: 'int',
  },
  response: {
    offset: 'long',
  },
});

export type GetMinOffsetRequest = RequestOf<typeof getMinOffset>;
export type GetMinOffsetResponse = ResponseOf<typeof getMinOffset>;
