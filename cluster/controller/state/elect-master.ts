import { ResponseCode } from '../../../src/protocol/response-code.ts';
import {
  type BrokerSet,
  type ControllerState,
  type ElectedFrom,
  withMaster,
  withSet,
  withSyncStateSet,
} from './broker-set.ts';
import type { ElectMaster, LiveBroker } from './command.ts';
import { type Outcome, refused } from './outcome.ts';

/**
 * Finds a master: the first broker that asks in a set that never had one; else the old one while it is alive; else the best of the live replicas in sync, and
 * where that is allowed of all (ReplicasInfoManager.electMaster, DefaultElectPolicy).
 */
export function electMaster(state: ControllerState, command: ElectMaster): Outcome {
  const { brokerName, brokerId } = command;
  const set = state.get(brokerName);
  if (set === undefined) {
    const why = `no broker ${brokerName} is known at this controller`;
    return refused(state, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED, why);
  }
  const elected = choose(set, command);
  if (elected === undefined) return nobody(state, set, brokerId);
  if (elected === set.masterId) {
    const why = `master ${elected} of ${brokerName} is alive and stays`;
    return refused(state, ResponseCode.CONTROLLER_MASTER_STILL_EXIST, why, set);
  }
  const master = withMaster(set, elected);
  // In a set that never had a master nothing was acknowledged.
  const isClean = set.masterEpoch === 0 || set.syncStateSet.includes(elected);
  const changed = {
    ...withSyncStateSet(master, [elected]),
    uncleanEpoch: isClean ? set.uncleanEpoch : master.masterEpoch,
    electedFrom: electedFrom(set, elected, master.masterEpoch),
  };
  return { state: withSet(state, changed), code: ResponseCode.SUCCESS, remark: undefined, set: changed };
}

/** What an unclean election replaces is not in force again; what an election of the only one in sync replaces is what was remembered before. */
function electedFrom(set: BrokerSet, elected: number, epoch: number): ElectedFrom | undefined {
  const { syncStateSet } = set;
  if (!syncStateSet.includes(elected)) return undefined;
  return syncStateSet.length === 1 ? set.electedFrom : { masterId: elected, epoch, syncStateSet };
}

function choose(set: BrokerSet, command: ElectMaster): number | undefined {
  const { brokerId, designated, unclean, live } = command;
  const isFirst = set.masterEpoch === 0;
  if (isFirst && brokerId !== undefined) return mayLead(set, brokerId) ? brokerId : undefined;
  const preferred = designated ? brokerId : undefined;
  const able = live.filter((one) => mayLead(set, one.brokerId));
  const inSync = able.filter((one) => set.syncStateSet.includes(one.brokerId));
  const clean = best(inSync, set.masterId, preferred);
  return clean === undefined && unclean ? best(able, set.masterId, preferred) : clean;
}

/** Learners do not, whatever they hold [asyncLearner]. */
function mayLead(set: BrokerSet, brokerId: number): boolean {
  return set.replicas.get(brokerId)?.learner === false;
}

function best(
  candidates: readonly LiveBroker[],
  oldMaster: number | undefined,
  preferred: number | undefined,
): number | undefined {
  const ids = candidates.map(({ brokerId }) => brokerId);
  if (preferred !== undefined) return ids.includes(preferred) ? preferred : undefined;
  if (oldMaster !== undefined && ids.includes(oldMaster)) return oldMaster;
  return [...candidates].sort(byMerit)[0]?.brokerId;
}

/** Longest history first; then lowest priority number; then lowest id, so that the choice is one. */
function byMerit(a: LiveBroker, b: LiveBroker): number {
  return b.epoch - a.epoch || b.maxOffset - a.maxOffset || a.priority - b.priority || a.brokerId - b.brokerId;
}

/** A controller that finds nobody notes that there is no master; a broker that asks changes nothing. */
function nobody(state: ControllerState, set: BrokerSet, brokerId: number | undefined): Outcome {
  const learners = [...set.replicas].filter(([, { learner }]) => learner).map(([id]) => id);
  const never = learners.length === 0 ? '' : ` (never elected: {${learners.join(', ')}}, which have asyncLearner=true)`;
  const inSync = set.syncStateSet.length === 0 ? 'no replica' : `of the replicas only {${set.syncStateSet.join(', ')}}`;
  const why =
    `no master for ${set.brokerName}: ${inSync} is known to hold all that was acknowledged${never}; start one that is, ` +
    'or set enableElectUncleanMaster=true at the controller, which may lose messages';
  if (brokerId !== undefined) return refused(state, ResponseCode.CONTROLLER_ELECT_MASTER_FAILED, why, set);
  const code = ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE;
  if (set.masterId === undefined) return refused(state, code, why, set);
  const changed = withMaster(set, undefined);
  return { state: withSet(state, changed), code, remark: why, set: changed };
}
