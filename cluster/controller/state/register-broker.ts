import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { type BrokerSet, type ControllerState, withMaster, withSet, withSyncStateSet } from './broker-set.ts';
import type { RegisterBroker } from './command.ts';
import { type Outcome, refused } from './outcome.ts';

/**
 * Notes where a broker is; one in doubt leaves the SyncStateSet. A master that registers was started anew, and is master no longer: it may have lost the end of what it wrote
 * in its epoch, which slaves have, and an epoch has to have one writer.
 */
export function registerBroker(
  state: ControllerState,
  { brokerName, brokerId, address, inDoubt }: RegisterBroker,
): Outcome {
  const set = state.get(brokerName);
  const replica = set?.replicas.get(brokerId);
  if (set === undefined || replica === undefined) {
    const why = `no broker ${brokerName} has taken the id ${brokerId} at this controller`;
    return refused(state, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED, why);
  }
  let changed: BrokerSet = set;
  if (replica.address !== address) {
    changed = { ...changed, replicas: new Map(set.replicas).set(brokerId, { ...replica, address }) };
  }
  if (inDoubt && set.syncStateSet.includes(brokerId)) {
    changed = withSyncStateSet(
      changed,
      set.syncStateSet.filter((id) => id !== brokerId),
    );
  }
  if (set.masterId === brokerId) changed = withMaster(changed, undefined);
  const next = changed === set ? state : withSet(state, changed);
  return { state: next, code: ResponseCode.SUCCESS, remark: undefined, set: changed };
}
