import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** The name server gives the write permission back to a broker's queues. */
export const addWritePermission = defineCommand({
  code: RequestCode.ADD_WRITE_PERM_OF_BROKER,
  name: 'ADD_WRITE_PERM_OF_BROKER',
  request: {
    brokerName: 'string',
  },
  response: {
    addTopicCount: 'int',
  },
});

export type AddWritePermissionRequest = RequestOf<typeof addWritePermission>;
export type AddWritePermissionResponse = ResponseOf<typeof addWritePermission>;
