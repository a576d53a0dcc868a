import { ResponseCode } from '../../../src/protocol/response-code.ts';
import {
  type BrokerSet,
  type ControllerState,
  type ElectedFrom,
  withMaster,
  withSet,
  withSyncStateSet,
} from './broker-set.ts';
import type { RegisterBroker } from './command.ts';
import { type Outcome, refused } from './outcome.ts';

/**
 * Notes where a broker is; one in doubt leaves the SyncStateSet. A master that registers was started anew, and is master no longer: it may have lost the end of what it wrote
 * in its epoch, which slaves have, and an epoch has to have one writer.
 */
export function registerBroker(state: ControllerState, command: RegisterBroker): Outcome {
  const { brokerName, brokerId, address, inDoubt, learner = false, epoch = 0 } = command;
  const set = state.get(brokerName);
  const replica = set?.replicas.get(brokerId);
  if (set === undefined || replica === undefined) {
    const why = `no broker ${brokerName} has taken the id ${brokerId} at this controller`;
    return refused(state, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED, why);
  }
  let changed: BrokerSet = set;
  if (replica.address !== address || replica.learner !== learner) {
    changed = { ...changed, replicas: new Map(set.replicas).set(brokerId, { ...replica, address, learner }) };
  }
  if (epoch > Math.max(set.masterEpoch, set.heardEpoch)) changed = { ...changed, heardEpoch: epoch };
  if (inDoubt) changed = withoutDoubtful(changed, command);
  if (set.masterId === brokerId) changed = withMaster(changed, undefined);
  const next = changed === set ? state : withSet(state, changed);
  return { state: next, code: ResponseCode.SUCCESS, remark: undefined, set: changed };
}

/**
 * The set without a broker in doubt. Where that is the master which was elected last, and it never began, nothing was acknowledged since: the set of before counts again. (It may have been dead
 * when it was elected, with its heartbeats still counting; without this, the others could not be elected although they have everything.)
 */
function withoutDoubtful(set: BrokerSet, command: RegisterBroker): BrokerSet {
  const others = (ids: readonly number[]): number[] =>
    ids.filter((id) => id !== command.brokerId && set.replicas.has(id));
  const { electedFrom, syncStateSet } = set;
  if (electedFrom !== undefined && others(syncStateSet).length === 0 && neverBegan(electedFrom, command)) {
    return { ...withSyncStateSet(set, others(electedFrom.syncStateSet)), electedFrom: undefined };
  }
  const changed = syncStateSet.includes(command.brokerId) ? withSyncStateSet(set, others(syncStateSet)) : set;
  if (electedFrom?.syncStateSet.includes(command.brokerId) !== true || electedFrom.masterId === command.brokerId)
    return changed;
  return { ...changed, electedFrom: { ...electedFrom, syncStateSet: others(electedFrom.syncStateSet) } };
}

function neverBegan({ masterId, epoch }: ElectedFrom, command: RegisterBroker): boolean {
  const { brokerId, begunEpoch, renouncedEpoch } = command;
  if (brokerId !== masterId || begunEpoch === undefined || renouncedEpoch === undefined) return false;
  return begunEpoch < epoch && epoch <= renouncedEpoch;
}
