import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/** A master proposes which replicas are in sync; request and answer have a SyncStateSet as body. */
export const alterSyncStateSet = defineCommand({
  code: RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
  name: 'CONTROLLER_ALTER_SYNC_STATE_SET',
  request: {
    brokerName: 'string',
    masterBrokerId: 'long',
    masterEpoch: 'int',
    invokeTime: 'long?',
  },
  response: {
    newSyncStateSetEpoch: ['int', 0],
  },
});

export type AlterSyncStateSetRequest = RequestOf<typeof alterSyncStateSet>;
export type AlterSyncStateSetResponse = ResponseOf<typeof alterSyncStateSet>;
