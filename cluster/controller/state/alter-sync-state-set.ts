import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { type BrokerSet, type ControllerState, withSet, withSyncStateSet } from './broker-set.ts';
import type { AlterSyncStateSet } from './command.ts';
import { type Outcome, refused } from './outcome.ts';

/** Takes a master's word for who is in sync, if it is the master of now and knows the set of now. */
export function alterSyncStateSet(state: ControllerState, command: AlterSyncStateSet): Outcome {
  const set = state.get(command.brokerName);
  if (set === undefined) {
    const why = `no broker ${command.brokerName} is known at this controller`;
    return refused(state, ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, why);
  }
  const fault = faultOf(set, command);
  if (fault !== undefined) return refused(state, fault.code, fault.why, set);
  const changed = { ...withSyncStateSet(set, command.syncStateSet), electedFrom: undefined };
  return { state: withSet(state, changed), code: ResponseCode.SUCCESS, remark: undefined, set: changed };
}

type Fault = { readonly code: ResponseCode; readonly why: string };

/** The first objection, in the order in which RocketMQ raises them (ReplicasInfoManager.alterSyncStateSet). */
function faultOf(set: BrokerSet, command: AlterSyncStateSet): Fault | undefined {
  const { masterId, masterEpoch, syncStateSetEpoch, alive } = command;
  const proposed = new Set(command.syncStateSet);
  const slaves = new Map(command.addresses?.map((one) => one.split('=', 2) as [string, string]));
  const failed = ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED;
  if (proposed.size === set.syncStateSet.length && set.syncStateSet.every((id) => proposed.has(id))) {
    return { code: failed, why: `the SyncStateSet of ${set.brokerName} is {${set.syncStateSet.join(', ')}} already` };
  }
  if (set.masterId !== masterId) {
    const why = `master of ${set.brokerName} is ${set.masterId ?? 'nobody'}, not ${masterId}`;
    return { code: ResponseCode.CONTROLLER_INVALID_MASTER, why };
  }
  if (set.masterEpoch !== masterEpoch) {
    const why = `the master epoch of ${set.brokerName} is ${set.masterEpoch}, not ${masterEpoch}`;
    return { code: ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH, why };
  }
  if (set.syncStateSetEpoch !== syncStateSetEpoch) {
    const why = `the SyncStateSet epoch of ${set.brokerName} is ${set.syncStateSetEpoch}, not ${syncStateSetEpoch}`;
    return { code: ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH, why };
  }
  for (const id of proposed) {
    if (!set.replicas.has(id)) {
      return { code: ResponseCode.CONTROLLER_INVALID_REPLICAS, why: `${set.brokerName} has no replica ${id}` };
    }
    const [known, slave] = [set.replicas.get(id)?.address, slaves.get(`${id}`) ?? set.replicas.get(id)?.address];
    if (slave !== known) {
      const why = `replica ${id} of ${set.brokerName} is known at ${known}, and ${slave}, which follows the master, runs on a copy of its directory`;
      return { code: ResponseCode.CONTROLLER_INVALID_REPLICAS, why };
    }
    if (set.replicas.get(id)?.learner === true) {
      const why = `replica ${id} of ${set.brokerName} has asyncLearner=true: it is never in sync`;
      return { code: ResponseCode.CONTROLLER_INVALID_REPLICAS, why };
    }
    if (!alive.includes(id)) {
      const why = `replica ${id} of ${set.brokerName} sends no heartbeats to this controller`;
      return { code: ResponseCode.CONTROLLER_BROKER_NOT_ALIVE, why };
    }
  }
  if (proposed.has(masterId)) return undefined;
  return { code: failed, why: `the proposed SyncStateSet of ${set.brokerName} lacks its master, ${masterId}` };
}
