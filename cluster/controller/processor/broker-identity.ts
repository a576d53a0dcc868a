import { syncStateSet } from '../../../src/protocol/body/sync-state-set.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { applyBrokerId } from '../../../src/protocol/command/apply-broker-id.ts';
import { getNextBrokerId } from '../../../src/protocol/command/get-next-broker-id.ts';
import { registerBrokerToController } from '../../../src/protocol/command/register-broker-to-controller.ts';
import type { Processor } from '../controller-parts.ts';
import { FIRST_BROKER_ID, masterAddress } from '../state/broker-set.ts';
import { replyNotAgreed } from './not-agreed.ts';

/** The three steps in which a broker gets its id: which one, take it, be there with it. */
export const brokerIdentityProcessor: Processor = (dispatcher, { agreement, live, masters, metadata, platform }) => {
  dispatcher.registerTyped(getNextBrokerId, (context, { clusterName, brokerName }) => {
    agreement.read((state) => {
      if (typeof state === 'string') return replyNotAgreed(context, state);
      const nextBrokerId = state.get(brokerName)?.nextBrokerId ?? FIRST_BROKER_ID;
      context.respond(getNextBrokerId, ResponseCode.SUCCESS, { clusterName, brokerName, nextBrokerId });
    });
  });
  dispatcher.registerTyped(applyBrokerId, (context, request) => {
    const { clusterName, brokerName, appliedBrokerId: brokerId, registerCheckCode: checkCode } = request;
    agreement.execute({ kind: 'apply-broker-id', clusterName, brokerName, brokerId, checkCode }, (outcome) => {
      if (typeof outcome === 'string') return replyNotAgreed(context, outcome);
      context.respond(applyBrokerId, outcome.code, { clusterName, brokerName }, outcome.remark);
    });
  });
  dispatcher.registerTyped(registerBrokerToController, (context, request) => {
    const { clusterName, brokerName, brokerId, brokerAddress: address, inDoubt, begunEpoch, renouncedEpoch } = request;
    // Left out where it says nothing: controllers of before replay such entries.
    const learner = request.asyncLearner || undefined;
    const holder = live.holder(brokerName, brokerId, address, platform.clock.monotonicMs());
    if (holder !== undefined && metadata().isLeader) {
      const why = `the live broker ${holder} has the id ${brokerId} of ${brokerName}: stop it, or give ${address} a store directory and a brokerIdentity of its own`;
      context.reply(ResponseCode.CONTROLLER_BROKER_ID_INVALID, why);
      return;
    }
    const said = { inDoubt, begunEpoch, renouncedEpoch, learner };
    agreement.execute({ kind: 'register-broker', brokerName, brokerId, address, ...said }, (outcome) => {
      if (typeof outcome === 'string') return replyNotAgreed(context, outcome);
      const { code, remark, set } = outcome;
      if (code !== ResponseCode.SUCCESS || set === undefined) {
        return context.respond(registerBrokerToController, code, { clusterName, brokerName }, remark);
      }
      const { masterId, masterEpoch, syncStateSetEpoch, uncleanEpoch } = set;
      const hasMaster = masterId !== undefined && live.mayBeAlive(brokerName, masterId, platform.clock.monotonicMs());
      const epochs = { masterEpoch, syncStateSetEpoch, uncleanEpoch: uncleanEpoch || undefined };
      const master = { masterBrokerId: masterId, masterAddress: masterAddress(set), ...epochs };
      const body = syncStateSet.encode({ syncStateSet: new Set(set.syncStateSet), syncStateSetEpoch });
      const header = { clusterName, brokerName, ...(hasMaster ? master : {}) };
      context.respond(registerBrokerToController, code, header, undefined, [body]);
      if (inDoubt || masterId === undefined) masters.look(set);
    });
  });
};
