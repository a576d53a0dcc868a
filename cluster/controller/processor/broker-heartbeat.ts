import { ResponseCode } from '../../../src/protocol/codes.ts';
import { brokerHeartbeat } from '../../../src/protocol/command/broker-heartbeat.ts';
import type { Processor } from '../controller-parts.ts';
import { DEFAULT_TIMEOUT_MS } from '../live-brokers.ts';

const LOWEST_PRIORITY = 2_147_483_647;

/** BROKER_HEARTBEAT: every controller takes it, leader or not. */
export const brokerHeartbeatProcessor: Processor = (dispatcher, { live, platform, state }) => {
  dispatcher.registerTyped(brokerHeartbeat, (context, request) => {
    const { clusterName, brokerName, brokerId, brokerAddr: address } = request;
    if (brokerId === undefined || brokerName === undefined) {
      context.reply(
        ResponseCode.CONTROLLER_INVALID_REQUEST,
        'a heartbeat to a controller needs brokerName and brokerId',
      );
      return;
    }
    const beat = {
      clusterName,
      brokerName,
      brokerId,
      address,
      epoch: request.epoch ?? -1,
      maxOffset: request.maxOffset ?? -1,
      confirmOffset: request.confirmOffset ?? -1,
      timeoutMs: request.heartbeatTimeoutMills ?? DEFAULT_TIMEOUT_MS,
      priority: request.electionPriority ?? LOWEST_PRIORITY,
    };
    const known = state().get(brokerName)?.replicas.get(brokerId)?.address ?? address;
    // A broker registers first: who is at another address than the one that registered last has lost the id to that.
    if (known === address && live.beat(beat, context.connection, platform.clock.monotonicMs())) {
      context.reply(ResponseCode.SUCCESS, 'Heart beat success');
      return;
    }
    const why = `another broker has the id ${brokerId} of ${brokerName}: this one, ${address}, runs on a copy of its directory`;
    context.reply(ResponseCode.CONTROLLER_BROKER_ID_INVALID, why);
  });
};
