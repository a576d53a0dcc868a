import type { Command, LiveBroker } from '../../../../cluster/controller/state/command.ts';
import { ResponseCode } from '../../../../src/protocol/response-code.ts';

/** A broker set with plain, mutable members. */
export interface NaiveSet {
  cluster: string;
  next: number;
  codes: Record<number, string>;
  addresses: Record<number, string>;
  starts: Record<number, string[]>;
  learners: Set<number>;
  uncleanEpoch: number;
  heard: number;
  id: string | undefined;
  master: number | null;
  masterEpoch: number;
  inSync: Set<number>;
  setEpoch: number;
  /** Who was elected from which set, while that may count again. */
  from: { master: number; epoch: number; set: Set<number> } | null;
}

/**
 * The rules of the sheet, written down once more as plainly as possible: in place, without sharing, questions asked in the sheet's order. What the
 * state machine does is compared with it.
 */
export class NaiveController {
  readonly sets: Record<string, NaiveSet> = {};

  apply(command: Command): number {
    const before = this.sets[command.brokerName];
    switch (command.kind) {
      case 'apply-broker-id':
        return this.#applyId(before, command.clusterName, command.brokerName, command.brokerId, command.checkCode);
      case 'register-broker':
        return this.#register(before, command);
      case 'alter-sync-state-set':
        return alter(before, command);
      case 'elect-master':
        return elect(before, command);
      case 'clean-broker-data':
        return this.#clean(before, command.brokerName, command.brokerIds, command.alive);
    }
  }

  #applyId(set: NaiveSet | undefined, cluster: string, name: string, id: number, code: string): number {
    if (set === undefined) {
      if (id !== 1) return ResponseCode.CONTROLLER_BROKER_ID_INVALID;
      const address = code.slice(0, code.indexOf(';'));
      const first = { codes: { 1: code }, addresses: { 1: address }, master: null, masterEpoch: 0 };
      this.sets[name] = {
        cluster,
        next: 2,
        ...first,
        starts: {},
        inSync: new Set(),
        learners: new Set(),
        uncleanEpoch: 0,
        heard: 0,
        id: undefined,
        setEpoch: 0,
        from: null,
      };
      return ResponseCode.SUCCESS;
    }
    if (set.cluster !== cluster || id < 1) return ResponseCode.CONTROLLER_BROKER_ID_INVALID;
    if (set.codes[id] !== undefined) {
      return set.codes[id] === code ? ResponseCode.SUCCESS : ResponseCode.CONTROLLER_BROKER_ID_INVALID;
    }
    set.codes[id] = code;
    set.addresses[id] = code.slice(0, code.indexOf(';'));
    if (id >= set.next) set.next = id + 1;
    return ResponseCode.SUCCESS;
  }

  #register(set: NaiveSet | undefined, command: Extract<Command, { kind: 'register-broker' }>): number {
    const { brokerId: id, address, inDoubt } = command;
    const { setId, maxOffset = 0, epoch: newest = 0 } = command;
    if (set?.id !== undefined && maxOffset > 0) {
      if (setId !== undefined && setId !== set.id) return ResponseCode.CONTROLLER_BROKER_ID_INVALID;
      if (setId === undefined && set.masterEpoch > 0 && newest > set.masterEpoch)
        return ResponseCode.CONTROLLER_BROKER_ID_INVALID;
    }
    if (set?.codes[id] === undefined) return ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED;
    const known = set.starts[id] ?? [];
    const last = known[known.length - 1];
    const told = command.starts;
    const sender = told?.[told.length - 1];
    if (sender !== undefined && sender !== last && known.indexOf(sender) >= 0)
      return ResponseCode.CONTROLLER_BROKER_ID_INVALID;
    if (inDoubt && command.knownEpoch !== undefined && command.knownEpoch !== set.masterEpoch)
      return ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH;
    if (set.masterEpoch === 0 && maxOffset > 0) set.id ??= setId;
    set.addresses[id] = address;
    if (command.learner === true) set.learners.add(id);
    else set.learners.delete(id);
    const { epoch = 0 } = command;
    if (epoch > set.masterEpoch && epoch > set.heard) set.heard = epoch;
    const setBack = last !== undefined && told !== undefined && told.indexOf(last) < 0;
    if (told !== undefined && sender !== last) {
      const older: string[] = [];
      for (const one of known) if (told.indexOf(one) < 0) older.push(one);
      set.starts[id] = older.concat(told).slice(-16);
    }
    if (setBack) doubt(set, { ...command, begunEpoch: undefined, renouncedEpoch: undefined });
    else if (inDoubt) doubt(set, command);
    if (set.master === id) {
      set.master = null;
      set.masterEpoch++;
    }
    return ResponseCode.SUCCESS;
  }

  #clean(
    set: NaiveSet | undefined,
    name: string,
    wanted: readonly number[] | undefined,
    alive: readonly number[],
  ): number {
    const bad = ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA;
    if (set === undefined) return bad;
    const ids = wanted ?? Object.keys(set.codes).map(Number);
    for (const id of ids) if (set.codes[id] === undefined || alive.includes(id)) return bad;
    let lost = false;
    for (const id of new Set(ids)) {
      delete set.codes[id];
      delete set.addresses[id];
      delete set.starts[id];
      set.learners.delete(id);
      lost = set.inSync.delete(id) || lost;
      if (set.master !== id) continue;
      set.master = null;
      set.masterEpoch++;
    }
    if (lost) set.setEpoch++;
    if (Object.keys(set.codes).length === 0) delete this.sets[name];
    return ResponseCode.SUCCESS;
  }
}

function doubt(
  set: NaiveSet,
  { brokerId: id, begunEpoch, renouncedEpoch }: Extract<Command, { kind: 'register-broker' }>,
): void {
  const { from } = set;
  const aloneInSync = [...set.inSync].every((each) => each === id);
  const told = begunEpoch !== undefined && renouncedEpoch !== undefined;
  if (from?.master === id && aloneInSync && told && begunEpoch < from.epoch && from.epoch <= renouncedEpoch) {
    // It wrote nothing in its epoch: the set from which it was elected has everything.
    from.set.delete(id);
    for (const each of from.set) if (set.codes[each] === undefined) from.set.delete(each);
    set.inSync = from.set;
    set.setEpoch++;
    set.from = null;
    return;
  }
  if (set.inSync.delete(id)) set.setEpoch++;
  if (from !== null && from.master !== id && from.set.delete(id)) {
    for (const each of from.set) if (set.codes[each] === undefined) from.set.delete(each);
  }
}

function alter(set: NaiveSet | undefined, command: Extract<Command, { kind: 'alter-sync-state-set' }>): number {
  const failed = ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED;
  if (set === undefined) return failed;
  const wish = [...new Set(command.syncStateSet)];
  if (wish.length === set.inSync.size && wish.every((id) => set.inSync.has(id))) return failed;
  if (set.master !== command.masterId) return ResponseCode.CONTROLLER_INVALID_MASTER;
  if (set.masterEpoch !== command.masterEpoch) return ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH;
  if (set.setEpoch !== command.syncStateSetEpoch) return ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH;
  for (const id of wish) {
    if (set.codes[id] === undefined) return ResponseCode.CONTROLLER_INVALID_REPLICAS;
    const elsewhere = (command.addresses ?? []).some((one) => {
      return one.startsWith(`${id}=`) && one !== `${id}=${set.addresses[id]}`;
    });
    if (elsewhere) return ResponseCode.CONTROLLER_INVALID_REPLICAS;
    if (set.learners.has(id)) return ResponseCode.CONTROLLER_INVALID_REPLICAS;
    if (!command.alive.includes(id)) return ResponseCode.CONTROLLER_BROKER_NOT_ALIVE;
  }
  if (!wish.includes(set.master)) return failed;
  set.inSync = new Set(wish);
  set.setEpoch++;
  set.from = null;
  return ResponseCode.SUCCESS;
}

function elect(set: NaiveSet | undefined, command: Extract<Command, { kind: 'elect-master' }>): number {
  if (set === undefined) return ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED;
  const chosen = choose(set, command);
  if (chosen === null) {
    if (command.brokerId !== undefined) return ResponseCode.CONTROLLER_ELECT_MASTER_FAILED;
    if (set.master !== null) set.masterEpoch++;
    set.master = null;
    return ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE;
  }
  if (chosen === set.master) return ResponseCode.CONTROLLER_MASTER_STILL_EXIST;
  const isNew = set.masterEpoch === 0 && newest(set, command) === 0;
  set.id ??= set.codes[chosen];
  set.master = chosen;
  set.masterEpoch = Math.max(set.masterEpoch, newest(set, command)) + 1;
  if (!isNew && !set.inSync.has(chosen)) set.uncleanEpoch = set.masterEpoch;
  if (!set.inSync.has(chosen)) set.from = null;
  else if (set.inSync.size > 1) set.from = { master: chosen, epoch: set.masterEpoch, set: set.inSync };
  set.inSync = new Set([chosen]);
  set.setEpoch++;
  return ResponseCode.SUCCESS;
}

function newest(set: NaiveSet, { live }: Extract<Command, { kind: 'elect-master' }>): number {
  let epoch = set.heard;
  for (const one of live) if (one.epoch > epoch) epoch = one.epoch;
  return epoch;
}

function choose(set: NaiveSet, command: Extract<Command, { kind: 'elect-master' }>): number | null {
  const { brokerId: asking, designated, unclean, acceptLoss, consentNeeded, live } = command;
  const isForgotten = set.masterEpoch === 0 && newest(set, command) > 0;
  const nobodyInSync = live.every(({ brokerId }) => !set.inSync.has(brokerId) || set.learners.has(brokerId));
  const isNew = set.masterEpoch === 0 && newest(set, command) === 0;
  const byPeople = isForgotten || (acceptLoss === true && nobodyInSync && !isNew);
  if (byPeople && designated && asking !== undefined) {
    if (consentNeeded === true && acceptLoss !== true && !unclean) return null;
    const able = live.filter(({ brokerId }) => set.codes[brokerId] !== undefined && !set.learners.has(brokerId));
    const rank = ({ epoch, maxOffset }: LiveBroker) => epoch * 1_000 + maxOffset;
    const one = able.find(({ brokerId }) => brokerId === asking);
    return one !== undefined && rank(one) === Math.max(...able.map(rank)) ? asking : null;
  }
  if (set.masterEpoch === 0 && newest(set, command) === 0 && asking !== undefined) {
    return set.codes[asking] === undefined || set.learners.has(asking) ? null : asking;
  }
  const rounds: ((one: LiveBroker) => boolean)[] = [({ brokerId }) => set.inSync.has(brokerId)];
  if (unclean) rounds.push(({ brokerId }) => set.codes[brokerId] !== undefined);
  for (const fits of rounds) {
    const able = live.filter((one) => !set.learners.has(one.brokerId) && fits(one));
    if (designated && asking !== undefined) {
      if (able.some(({ brokerId }) => brokerId === asking)) return asking;
      continue;
    }
    if (able.some(({ brokerId }) => brokerId === set.master)) return set.master;
    let winner: LiveBroker | undefined;
    for (const one of able) if (winner === undefined || beats(one, winner)) winner = one;
    if (winner !== undefined) return winner.brokerId;
  }
  return null;
}

function beats(a: LiveBroker, b: LiveBroker): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  if (a.maxOffset !== b.maxOffset) return a.maxOffset > b.maxOffset;
  if (a.priority !== b.priority) return a.priority < b.priority;
  return a.brokerId < b.brokerId;
}
