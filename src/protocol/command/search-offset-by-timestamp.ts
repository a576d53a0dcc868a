import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Finds the offset of the first (boundaryType LOWER, the default) or last (UPPER) message at a store time. */
export const searchOffsetByTimestamp = defineCommand({
  code: RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
  name: 'SEARCH_OFFSET_BY_TIMESTAMP',
  request: {
    topic: 'string',
    queueId: 'int',
    timestamp: 'long',
    boundaryType: 'string?',
  },
  response: {
    offset: 'long',
  },
});

export type SearchOffsetByTimestampRequest = RequestOf<typeof searchOffsetByTimestamp>;
export type SearchOffsetByTimestampResponse = ResponseOf<typeof searchOffsetByTimestamp>;
