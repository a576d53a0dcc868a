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
 * Finds a master: the first broker that asks in a set that never had one, where no log says otherwise; else the old one while it is alive; else the best of the live replicas in sync, and
 * where that is allowed of all (ReplicasInfoManager.electMaster, DefaultElectPolicy).
 */
export function electMaster(state: ControllerState, command: ElectMaster): Outcome {
  const { brokerName } = command;
  const set = state.get(brokerName);
  if (set === undefined) {
    const why = `no broker ${brokerName} is known at this controller`;
    return refused(state, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED, why);
  }
  const elected = choose(set, command);
  if (elected === undefined) return nobody(state, set, command);
  if (elected === set.masterId) {
    const why = `master ${elected} of ${brokerName} is alive and stays`;
    return refused(state, ResponseCode.CONTROLLER_MASTER_STILL_EXIST, why, set);
  }
  // A broker never goes on in an epoch that its log has.
  const master = withMaster(set, elected, heardEpoch(set, command));
  const isClean = isNew(set, command) || set.syncStateSet.includes(elected);
  const changed = {
    ...withSyncStateSet(master, [elected]),
    uncleanEpoch: isClean ? set.uncleanEpoch : master.masterEpoch,
    electedFrom: electedFrom(set, elected, master.masterEpoch),
    // Address and time at which it asked for its id: nobody else has that.
    setId: set.setId ?? set.replicas.get(elected)?.checkCode,
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
  const { brokerId, designated, unclean, acceptLoss, consentNeeded, live } = command;
  if (isNew(set, command) && brokerId !== undefined) return mayLead(set, brokerId) ? brokerId : undefined;
  const preferred = designated ? brokerId : undefined;
  const able = live.filter((one) => mayLead(set, one.brokerId));
  if (isForgotten(set, command) && preferred !== undefined) {
    const mayLose = acceptLoss || unclean || !consentNeeded;
    return mayLose ? longest(able, preferred) : undefined;
  }
  const inSync = able.filter((one) => set.syncStateSet.includes(one.brokerId));
  const clean = best(inSync, set.masterId, preferred);
  if (acceptLoss && preferred !== undefined && inSync.length === 0) return longest(able, preferred);
  return clean === undefined && unclean ? best(able, set.masterId, preferred) : clean;
}

/** Newest epoch of any log of the set, as registrations and heartbeats tell. */
function heardEpoch(set: BrokerSet, { live }: ElectMaster): number {
  return Math.max(set.heardEpoch, ...live.map(({ epoch }) => epoch));
}

/** It never had a master, and nothing was acknowledged. */
function isNew(set: BrokerSet, command: ElectMaster): boolean {
  return set.masterEpoch === 0 && heardEpoch(set, command) <= 0;
}

/** It had masters, of which these controllers know nothing: nobody is known to be in sync, and only people, or `unclean`, can put one in charge. */
function isForgotten(set: BrokerSet, command: ElectMaster): boolean {
  return set.masterEpoch === 0 && heardEpoch(set, command) > 0;
}

/** The one that is named, if no other has more. */
function longest(able: readonly LiveBroker[], named: number): number | undefined {
  const one = able.find(({ brokerId }) => brokerId === named);
  const hasMore = able.some((other) => one !== undefined && byHistory(other, one) < 0);
  return hasMore ? undefined : one?.brokerId;
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
  return byHistory(a, b) || a.priority - b.priority || a.brokerId - b.brokerId;
}

function byHistory(a: LiveBroker, b: LiveBroker): number {
  return b.epoch - a.epoch || b.maxOffset - a.maxOffset;
}

/** A controller that finds nobody notes that there is no master; a broker that asks changes nothing. */
function nobody(state: ControllerState, set: BrokerSet, command: ElectMaster): Outcome {
  const why = isForgotten(set, command) ? whyForgotten(set, command) : whyNobody(set, command);
  if (command.brokerId !== undefined) return refused(state, ResponseCode.CONTROLLER_ELECT_MASTER_FAILED, why, set);
  const code = ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE;
  if (set.masterId === undefined) return refused(state, code, why, set);
  const changed = withMaster(set, undefined);
  return { state: withSet(state, changed), code, remark: why, set: changed };
}

function whyForgotten(set: BrokerSet, command: ElectMaster): string {
  return (
    `no master for ${set.brokerName}: its logs were written in epochs up to ${heardEpoch(set, command)}, but these controllers never elected one. Their store was lost, or they were told ` +
    `to forget the set, and nobody knows who holds all that was acknowledged. ${wayOut(set, command)}`
  );
}

function whyNobody(set: BrokerSet, command: ElectMaster): string {
  const { brokerName, syncStateSet } = set;
  const named = whyNotNamed(set, command);
  if (named !== undefined) return named;
  const learners = [...set.replicas].filter(([, { learner }]) => learner).map(([id]) => id);
  const never = learners.length === 0 ? '' : ` (never elected: {${learners.join(', ')}}, which have asyncLearner=true)`;
  const isEmpty = syncStateSet.length === 0;
  const inSync = isEmpty ? 'no replica' : `of the replicas only {${syncStateSet.join(', ')}}`;
  const first = isEmpty ? '' : 'Start one that is; if they are gone for good: ';
  return (
    `no master for ${brokerName}: ${inSync} is known to hold all that was acknowledged${never}. ` +
    `${first}${wayOut(set, command, isEmpty ? 'Start' : 'start')}`
  );
}

/** Of one that people name while somebody is alive who lacks nothing: no loss has to be thought of. Undefined: it is not so. */
function whyNotNamed(set: BrokerSet, { brokerId: named, designated, live }: ElectMaster): string | undefined {
  const { brokerName, syncStateSet, masterId, replicas } = set;
  const able = live.map(({ brokerId }) => brokerId).filter((id) => syncStateSet.includes(id) && mayLead(set, id));
  if (named === undefined || !designated || able.length === 0) return undefined;
  const other =
    masterId !== undefined && able.includes(masterId)
      ? `master ${masterId} is alive and stays`
      : `{${able.join(', ')}} are alive and in sync: name one of these, without --acceptLoss`;
  let why = 'it is not alive';
  if (!replicas.has(named)) why = `no such replica is known, but {${[...replicas.keys()].join(', ')}}`;
  else if (!mayLead(set, named)) why = 'it has asyncLearner=true, and is never elected';
  else if (!syncStateSet.includes(named)) why = 'it is not in sync';
  return `no election of ${named} for ${brokerName}: ${why}; ${other}`;
}

/** How people put the best of those in charge that there are. */
function wayOut({ brokerName, clusterName }: BrokerSet, { live }: ElectMaster, start = 'Start'): string {
  const sorted = [...live].sort((a, b) => a.brokerId - b.brokerId);
  const alive = sorted.map((one) => `${one.brokerId} (epoch ${one.epoch}, end ${one.maxOffset})`).join(', ');
  return (
    `${start} all brokers that have a log, then name the one with the newest epoch and the furthest end (alive: ${alive === '' ? 'none' : alive}): ` +
    `mqadmin electMaster -a CONTROLLER -n NAMESERVER -c ${clusterName} -bn ${brokerName} -b ID --acceptLoss; what only others hold is lost then`
  );
}
