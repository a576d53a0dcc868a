import { syncStateSet } from '../../../src/protocol/body/sync-state-set.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { applyBrokerId } from '../../../src/protocol/command/apply-broker-id.ts';
import { getNextBrokerId } from '../../../src/protocol/command/get-next-broker-id.ts';
import { registerBrokerToController } from '../../../src/protocol/command/register-broker-to-controller.ts';
import type { ControllerParts, Processor } from '../controller-parts.ts';
import { DEFAULT_TIMEOUT_MS } from '../live-brokers.ts';
import { FIRST_BROKER_ID, masterAddress } from '../state/broker-set.ts';
import { foreignText } from '../state/register-broker.ts';
import { replyNotAgreed } from './not-agreed.ts';

/** The three steps in which a broker gets its id: which one, take it, be there with it. */
export const brokerIdentityProcessor: Processor = (dispatcher, parts) => {
  const { agreement, live, masters, metadata, platform } = parts;
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
    const { clusterName, brokerName, brokerId, brokerAddress: address, inDoubt } = request;
    const { begunEpoch, renouncedEpoch, knownEpoch } = request;
    // Left out where it says nothing: controllers of before replay such entries.
    const learner = request.asyncLearner || undefined;
    const { epoch, setId, maxOffset } = request;
    const doubt = { inDoubt, begunEpoch, renouncedEpoch, knownEpoch };
    const said = { ...doubt, learner, epoch, starts: request.starts?.split(' '), setId, maxOffset };
    const command = { kind: 'register-broker', brokerName, brokerId, address, ...said } as const;
    const isForeign = foreignText(parts.state().get(brokerName), command) !== undefined;
    const taken = metadata().isLeader && !isForeign ? takenBy(parts, brokerName, brokerId, address) : undefined;
    if (taken !== undefined) return context.reply(ResponseCode.CONTROLLER_BROKER_ID_INVALID, taken);
    agreement.execute(command, (outcome) => {
      if (typeof outcome === 'string') return replyNotAgreed(context, outcome);
      const { code, remark, set } = outcome;
      if (code !== ResponseCode.SUCCESS || set === undefined) {
        return context.respond(registerBrokerToController, code, { clusterName, brokerName }, remark);
      }
      const { masterId, masterEpoch, syncStateSetEpoch, uncleanEpoch } = set;
      const hasMaster = masterId !== undefined && live.mayBeAlive(brokerName, masterId, platform.clock.monotonicMs());
      const epochs = { masterEpoch, syncStateSetEpoch, uncleanEpoch: uncleanEpoch || undefined, setId: set.setId };
      const master = { masterBrokerId: masterId, masterAddress: masterAddress(set), ...epochs };
      const body = syncStateSet.encode({ syncStateSet: new Set(set.syncStateSet), syncStateSetEpoch });
      const header = { clusterName, brokerName, ...(hasMaster ? master : {}) };
      context.respond(registerBrokerToController, code, header, remark, [body]);
      if (inDoubt || remark !== undefined || masterId === undefined) masters.look(set);
    });
  });
};

/** Why a broker at `address` must not have this id now: another one has it that is alive, or may be, as this controller was just started. */
function takenBy(
  { live, state, platform }: ControllerParts,
  brokerName: string,
  brokerId: number,
  address: string,
): string | undefined {
  const nowMs = platform.clock.monotonicMs();
  const holder = live.holder(brokerName, brokerId, address, nowMs);
  if (holder !== undefined) {
    return `the live broker ${holder} has the id ${brokerId} of ${brokerName}: stop it, or give ${address} a store directory and a brokerIdentity of its own`;
  }
  const known = state().get(brokerName)?.replicas.get(brokerId)?.address;
  if (known === undefined || known === address || !live.isUnheard(brokerName, brokerId, nowMs)) return undefined;
  return `the broker ${known} has the id ${brokerId} of ${brokerName}, and this controller, which was just started, does not know yet whether it is alive: ${address} may have the id in ${DEFAULT_TIMEOUT_MS / 1_000} s if it is not`;
}
