import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Stores a value at the name server. */
export const putKvConfig = defineCommand({
  code: RequestCode.PUT_KV_CONFIG,
  name: 'PUT_KV_CONFIG',
  request: {
    namespace: 'string',
    key: 'string',
    value: 'string',
  },
});

export type PutKvConfigRequest = RequestOf<typeof putKvConfig>;
