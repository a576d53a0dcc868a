import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** Reads a value from the name server. */
export const getKvConfig = defineCommand({
  code: RequestCode.GET_KV_CONFIG,
  name: 'GET_KV_CONFIG',
  request: {
    namespace: 'string',
    key: 'string',
  },
  response: {
    value: 'string?',
  },
});

export type GetKvConfigRequest = RequestOf<typeof getKvConfig>;
export type GetKvConfigResponse = ResponseOf<typeof getKvConfig>;
