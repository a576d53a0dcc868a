import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** A broker asks whether the name server knows its DataVersion, which is the body. */
export const queryDataVersion = defineCommand({
  code: RequestCode.QUERY_DATA_VERSION,
  name: 'QUERY_DATA_VERSION',
  request: {
    brokerName: 'string',
    brokerAddr: 'string',
    clusterName: 'string',
    brokerId: 'long',
  },
  response: {
    changed: 'boolean',
  },
});

export type QueryDataVersionRequest = RequestOf<typeof queryDataVersion>;
export type QueryDataVersionResponse = ResponseOf<typeof queryDataVersion>;
