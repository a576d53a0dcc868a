import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads a namespace of values. The answer's body is a KVTable. */
export const getKvList = defineCommand({
  code: RequestCode.GET_KVLIST_BY_NAMESPACE,
  name: 'GET_KVLIST_BY_NAMESPACE',
  request: {
    namespace: 'string',
  },
});

export type GetKvListRequest = RequestOf<typeof getKvList>;
