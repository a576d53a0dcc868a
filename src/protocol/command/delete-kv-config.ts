import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Removes a value from the name server. */
export const deleteKvConfig = defineCommand({
  code: RequestCode.DELETE_KV_CONFIG,
  name: 'DELETE_KV_CONFIG',
  request: {
    namespace: 'string',
    key: 'string',
  },
});

export type DeleteKvConfigRequest = RequestOf<typeof deleteKvConfig>;
