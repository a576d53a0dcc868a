import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

/**
 * A master proposes which replicas are in sync; request and answer have a SyncStateSet as body. Ours: addresses, those of the slaves that are connected to it (`2=10.0.0.2:10911;3=…`): a broker
 * that has one of these ids at another address holds something else.
 */
export const alterSyncStateSet = defineCommand({
  code: RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
  name: 'CONTROLLER_ALTER_SYNC_STATE_SET',
  request: {
    brokerName: 'string',
    masterBrokerId: 'long',
    masterEpoch: 'int',
    invokeTime: 'long?',
    addresses: 'string?',
  },
  response: {
    newSyncStateSetEpoch: ['int', 0],
  },
});

export type AlterSyncStateSetRequest = RequestOf<typeof alterSyncStateSet>;
export type AlterSyncStateSetResponse = ResponseOf<typeof alterSyncStateSet>;
