import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { type BrokerSet, type ControllerState, FIRST_BROKER_ID, withSet } from './broker-set.ts';
import type { ApplyBrokerId } from './command.ts';
import { type Outcome, refused } from './outcome.ts';

/** Gives an id to the broker that asks for it first; the same broker may ask again. */
export function applyBrokerId(state: ControllerState, command: ApplyBrokerId): Outcome {
  const { clusterName, brokerName, brokerId, checkCode } = command;
  const set = state.get(brokerName) ?? emptySet(clusterName, brokerName);
  const invalid = (why: string): Outcome => refused(state, ResponseCode.CONTROLLER_BROKER_ID_INVALID, why, set);
  if (set.clusterName !== clusterName) {
    return invalid(`broker name ${brokerName} belongs to cluster ${set.clusterName}, not to ${clusterName}`);
  }
  const owner = set.replicas.get(brokerId);
  if (owner?.checkCode === checkCode) return { state, code: ResponseCode.SUCCESS, remark: undefined, set };
  if (owner !== undefined)
    return invalid(`id ${brokerId} of ${brokerName} belongs to ${owner.address}; ask for the next id`);
  if (brokerId < FIRST_BROKER_ID || (set.replicas.size === 0 && brokerId !== FIRST_BROKER_ID)) {
    return invalid(`the first id of ${brokerName} is ${FIRST_BROKER_ID}, not ${brokerId}`);
  }
  const address = checkCode.split(';', 1)[0] ?? '';
  const changed: BrokerSet = {
    ...set,
    replicas: new Map(set.replicas).set(brokerId, { address, checkCode, learner: false, starts: [] }),
    nextBrokerId: Math.max(set.nextBrokerId, brokerId + 1),
  };
  return { state: withSet(state, changed), code: ResponseCode.SUCCESS, remark: undefined, set: changed };
}

function emptySet(clusterName: string, brokerName: string): BrokerSet {
  return {
    clusterName,
    brokerName,
    nextBrokerId: FIRST_BROKER_ID,
    replicas: new Map(),
    masterId: undefined,
    masterEpoch: 0,
    syncStateSet: [],
    syncStateSetEpoch: 0,
    electedFrom: undefined,
    uncleanEpoch: 0,
    heardEpoch: 0,
    setId: undefined,
  };
}
