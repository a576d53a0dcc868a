import { RequestCode, ResponseCode } from '../../../src/protocol/codes.ts';
import { unregisterBroker } from '../../../src/protocol/command/unregister-broker.ts';
import { defineCommand } from '../../../src/protocol/schema.ts';
import type { Processor } from '../name-server-state.ts';

/** A sign of life between registrations; the other fields of its header are for controllers. */
export const brokerHeartbeat = defineCommand({
  code: RequestCode.BROKER_HEARTBEAT,
  name: 'BROKER_HEARTBEAT',
  request: { clusterName: 'string', brokerAddr: 'string' },
});

/** UNREGISTER_BROKER and BROKER_HEARTBEAT. */
export const brokerPresenceProcessor: Processor = (dispatcher, { table, clock, logger }) => {
  dispatcher.registerTyped(unregisterBroker, (context, { clusterName, brokerName, brokerAddr }) => {
    table.unregister(clusterName, brokerName, brokerAddr);
    logger.info('a broker unregistered', { brokerName, address: brokerAddr });
    context.reply(ResponseCode.SUCCESS);
  });
  dispatcher.registerTyped(brokerHeartbeat, (context, { clusterName, brokerAddr }) => {
    table.touch(clusterName, brokerAddr, clock.monotonicMs());
    context.reply(ResponseCode.SUCCESS);
  });
};
