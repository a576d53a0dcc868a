import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Sent by a controller, oneway: the set has a new master. Ours: uncleanEpoch and setId, as in CONTROLLER_REGISTER_BROKER. The body is a SyncStateSet. */
export const notifyBrokerRoleChanged = defineCommand({
  code: RequestCode.NOTIFY_BROKER_ROLE_CHANGED,
  name: 'NOTIFY_BROKER_ROLE_CHANGED',
  request: {
    masterAddress: 'string?',
    masterEpoch: 'int?',
    syncStateSetEpoch: 'int?',
    masterBrokerId: 'long?',
    uncleanEpoch: 'int?',
    setId: 'string?',
  },
});

export type NotifyBrokerRoleChangedRequest = RequestOf<typeof notifyBrokerRoleChanged>;
