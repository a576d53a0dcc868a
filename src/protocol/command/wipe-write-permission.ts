import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** The name server takes the write permission from a broker's queues. */
export const wipeWritePermission = defineCommand({
  code: RequestCode.WIPE_WRITE_PERM_OF_BROKER,
  name: 'WIPE_WRITE_PERM_OF_BROKER',
  request: {
    brokerName: 'string',
  },
  response: {
    wipeTopicCount: 'int',
  },
});

export type WipeWritePermissionRequest = RequestOf<typeof wipeWritePermission>;
export type WipeWritePermissionResponse = ResponseOf<typeof wipeWritePermission>;
