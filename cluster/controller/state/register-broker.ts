import { ResponseCode } from '../../../src/protocol/response-code.ts';
import {
  type BrokerSet,
  type ControllerState,
  type ElectedFrom,
  type Replica,
  withMaster,
  withSet,
  withSyncStateSet,
} from './broker-set.ts';
import type { RegisterBroker } from './command.ts';
import { type Outcome, refused } from './outcome.ts';

/**
 * Notes where a broker is; one in doubt leaves the SyncStateSet, and so does one whose store was set back. A master that registers was started anew, and is master no longer: it may have lost the end of what it wrote
 * in its epoch, which slaves have, and an epoch has to have one writer.
 */
export function registerBroker(state: ControllerState, command: RegisterBroker): Outcome {
  const { brokerName, brokerId, address, inDoubt, learner = false, epoch = 0 } = command;
  const set = state.get(brokerName);
  const foreign = foreignText(set, command);
  if (foreign !== undefined) return refused(state, ResponseCode.CONTROLLER_BROKER_ID_INVALID, foreign, set);
  const replica = set?.replicas.get(brokerId);
  if (set === undefined || replica === undefined) {
    const why = `no broker ${brokerName} has taken the id ${brokerId} at this controller`;
    return refused(state, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED, why);
  }
  if (isLate(replica, command)) {
    const why = `a later start of replica ${brokerId} of ${brokerName} has registered (at ${replica.address}), and this one is over; nothing was changed. To go on with this store, see that no copy of it runs, and start this broker anew: it joins the SyncStateSet when it has caught up with a master`;
    return refused(state, ResponseCode.CONTROLLER_BROKER_ID_INVALID, why, set);
  }
  if (isOvertaken(set, command)) {
    const why = `replica ${brokerId} of ${brokerName}, which is in doubt, speaks of epoch ${command.knownEpoch}, and that of now is ${set.masterEpoch}; nothing was changed. It has to ask for the epoch of now, and to register anew`;
    return refused(state, ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH, why, set);
  }
  let changed: BrokerSet = set;
  const starts = startsWith(replica, command);
  if (replica.address !== address || replica.learner !== learner || replica.starts !== starts) {
    changed = { ...changed, replicas: new Map(set.replicas).set(brokerId, { ...replica, address, learner, starts }) };
  }
  if (isFirstOfLog(set, command)) changed = { ...changed, setId: command.setId };
  if (epoch > Math.max(set.masterEpoch, set.heardEpoch)) changed = { ...changed, heardEpoch: epoch };
  const setBack = isSetBack(replica, command);
  // A store of before knows nothing of what it began since.
  if (setBack) changed = withoutDoubtful(changed, { ...command, begunEpoch: undefined });
  else if (inDoubt) changed = withoutDoubtful(changed, command);
  if (set.masterId === brokerId) changed = withMaster(changed, undefined);
  const next = changed === set ? state : withSet(state, changed);
  return { state: next, code: ResponseCode.SUCCESS, remark: setBack ? whyDoubt(command) : undefined, set: changed };
}

/** No election was held yet, and a log comes that belongs to a set: this is that set. */
function isFirstOfLog(set: BrokerSet, { setId, maxOffset = 0 }: RegisterBroker): boolean {
  return set.masterEpoch === 0 && set.setId === undefined && setId !== undefined && maxOffset > 0;
}

/** Why the log of this broker cannot be one of this set; undefined: it may be. An empty log is anybody's. */
export function foreignText(set: BrokerSet | undefined, command: RegisterBroker): string | undefined {
  const { brokerName, address, setId, epoch = 0, maxOffset = 0 } = command;
  if (set?.setId === undefined || maxOffset === 0 || setId === set.setId) return undefined;
  // A log from before sets had identities belongs here only if the controllers know its epochs.
  const isKnown = set.masterEpoch === 0 || epoch <= set.masterEpoch;
  if (setId === undefined && isKnown) return undefined;
  const of = setId === undefined ? `written in epochs up to ${epoch}` : `that of the set ${setId}`;
  return (
    `the log of ${address} is ${of}, but the controllers know ${brokerName} as the set ${set.setId}, at epoch ${set.masterEpoch}; nothing was changed. If it is another cluster's data, or to be given up: ` +
    `empty its storePathRootDir. If the controllers lost their store and another broker was first, and this log is to be kept: stop all brokers of ${brokerName}, have the set forgotten ` +
    `(mqadmin cleanBrokerMetadata -a CONTROLLER -n NAMESERVER -c ${set.clusterName} -bn ${brokerName}), and start those that have this log first`
  );
}

/** A request that was long on its way: the start that sent it is known, and a later one has registered since. */
function isLate({ starts }: Replica, command: RegisterBroker): boolean {
  const said = command.starts?.at(-1);
  return said !== undefined && said !== starts.at(-1) && starts.includes(said);
}

/** The set had an election, or lost its master, since the broker asked: it may be in charge itself by now, and what it said of before would leave nobody in sync. */
function isOvertaken({ masterEpoch }: BrokerSet, { inDoubt, knownEpoch }: RegisterBroker): boolean {
  return inDoubt && knownEpoch !== undefined && knownEpoch !== masterEpoch;
}

/** The controllers heard last of a start of this broker which its store does not know. */
function isSetBack({ starts }: Replica, command: RegisterBroker): boolean {
  const last = starts.at(-1);
  return last !== undefined && command.starts !== undefined && !command.starts.includes(last);
}

/** So many starts of a replica are remembered: of older ones no request is on its way any more. */
const MAX_STARTS = 16;

/** The starts that are known when a broker has registered; the same list if there is nothing new in it. */
function startsWith({ starts }: Replica, { starts: said = [] }: RegisterBroker): readonly string[] {
  if (said.length === 0 || said.at(-1) === starts.at(-1)) return starts;
  return [...starts.filter((start) => !said.includes(start)), ...said].slice(-MAX_STARTS);
}

function whyDoubt({ brokerName, brokerId }: RegisterBroker): string {
  return (
    `the store of replica ${brokerId} of ${brokerName} was set back to an older state, or is a copy: the controllers know a start of this replica that the store does not. It may lack what ` +
    'the replica acknowledged, and is in no SyncStateSet before it has caught up with a master'
  );
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
