import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** A sign of life: to a name server between registrations, to controllers with how far the log goes. */
export const brokerHeartbeat = defineCommand({
  code: RequestCode.BROKER_HEARTBEAT,
  name: 'BROKER_HEARTBEAT',
  request: {
    clusterName: 'string',
    brokerAddr: 'string',
    brokerName: 'string?',
    brokerId: 'long?',
    epoch: 'int?',
    maxOffset: 'long?',
    confirmOffset: 'long?',
    heartbeatTimeoutMills: 'long?',
    electionPriority: 'int?',
  },
});

export type BrokerHeartbeatRequest = RequestOf<typeof brokerHeartbeat>;
