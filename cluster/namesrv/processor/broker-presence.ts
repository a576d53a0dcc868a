import { ResponseCode } from '../../../src/protocol/codes.ts';
import { brokerHeartbeat } from '../../../src/protocol/command/broker-heartbeat.ts';
import { unregisterBroker } from '../../../src/protocol/command/unregister-broker.ts';
import type { Processor } from '../name-server-state.ts';

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
