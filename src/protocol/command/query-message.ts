import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Finds messages by key, or by unique key where `uniqueKeyQuery` is "true". The answer's body is the records back to back. */
export const queryMessage = defineCommand({
  code: RequestCode.QUERY_MESSAGE,
  name: 'QUERY_MESSAGE',
  request: {
    topic: 'string',
    key: 'string',
    maxNum: 'int',
    beginTimestamp: 'long',
    endTimestamp: 'long',
    indexType: 'string?',
    lastKey: 'string?',
    uniqueKeyQuery: 'string?',
  },
  requestKeys: { uniqueKeyQuery: '_UNIQUE_KEY_QUERY' },
  response: {
    indexLastUpdateTimestamp: 'long',
    indexLastUpdatePhyoffset: 'long',
  },
});

export type QueryMessageRequest = RequestOf<typeof queryMessage>;
export type QueryMessageResponse = ResponseOf<typeof queryMessage>;
