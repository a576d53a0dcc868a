import { ResponseCode } from '../../../src/protocol/response-code.ts';
import {
  type BrokerSet,
  type ControllerState,
  withMaster,
  withoutSet,
  withSet,
  withSyncStateSet,
} from './broker-set.ts';
import type { CleanBrokerData } from './command.ts';
import { type Outcome, refused } from './outcome.ts';

/** Forgets brokers that are gone for good; the set with the last of them. */
export function cleanBrokerData(state: ControllerState, { brokerName, brokerIds, alive }: CleanBrokerData): Outcome {
  const set = state.get(brokerName);
  const invalid = (why: string): Outcome =>
    refused(state, ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA, why, set);
  if (set === undefined) return invalid(`no broker ${brokerName} is known at this controller`);
  const ids = brokerIds ?? [...set.replicas.keys()];
  const unknown = ids.find((id) => !set.replicas.has(id));
  if (unknown !== undefined) return invalid(`${brokerName} has no replica ${unknown}; nothing was forgotten`);
  const living = ids.find((id) => alive.includes(id));
  if (living !== undefined) {
    return invalid(`replica ${living} of ${brokerName} is alive; stop it first, or ask to forget living ones too`);
  }
  const replicas = new Map([...set.replicas].filter(([id]) => !ids.includes(id)));
  if (replicas.size === 0) {
    return { state: withoutSet(state, brokerName), code: ResponseCode.SUCCESS, remark: undefined, set: undefined };
  }
  let changed: BrokerSet = { ...set, replicas };
  if (set.syncStateSet.some((id) => ids.includes(id))) {
    changed = withSyncStateSet(
      changed,
      set.syncStateSet.filter((id) => !ids.includes(id)),
    );
  }
  if (set.masterId !== undefined && ids.includes(set.masterId)) changed = withMaster(changed, undefined);
  return { state: withSet(state, changed), code: ResponseCode.SUCCESS, remark: undefined, set: changed };
}
