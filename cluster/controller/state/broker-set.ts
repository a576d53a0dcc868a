/** A broker that has its id: known by its files, found at its address. */
export interface Replica {
  /** `host:port` for clients. */
  readonly address: string;
  /** What the broker gave when it took the id: tells a repeated request from that of another broker. */
  readonly checkCode: string;
  /** Copies the log without ever being in sync or master [asyncLearner], as it said when it registered. */
  readonly learner: boolean;
  /** Starts of its store that the controllers heard of, the one that registered last at the end; none: it does not say. */
  readonly starts: readonly string[];
}

/** The set that an election replaced by its master alone. */
export interface ElectedFrom {
  /** The master that was elected, and its epoch. */
  readonly masterId: number;
  readonly epoch: number;
  readonly syncStateSet: readonly number[];
}

/** Brokers with the same name: one of them is master, the others copy it. Never changed: a change makes a new one. */
export interface BrokerSet {
  readonly clusterName: string;
  readonly brokerName: string;
  /** Ids are given once: the next one, above all that were ever taken. */
  readonly nextBrokerId: number;
  /** By controller id, from 1 on. */
  readonly replicas: ReadonlyMap<number, Replica>;
  /** Undefined before the first election, and while nobody can be elected. */
  readonly masterId: number | undefined;
  /** Counts changes of the master; 0 before the first. */
  readonly masterEpoch: number;
  /** Replicas that hold all that was acknowledged; sorted. */
  readonly syncStateSet: readonly number[];
  /** Counts changes of the set. */
  readonly syncStateSetEpoch: number;
  /** Where the SyncStateSet is that of an election from several in sync: it is in force again if the master that was elected never began. */
  readonly electedFrom: ElectedFrom | undefined;
  /** Newest epoch whose master was elected although it was not in sync: what was acknowledged before may be lost. 0: none. */
  readonly uncleanEpoch: number;
  /** Newest epoch of the logs that registered, where it was above `masterEpoch`: the controllers have lost what they knew of the set. 0: none. */
  readonly heardEpoch: number;
  /** Identity of the set, the same as long as its log goes on; undefined before the first election. */
  readonly setId: string | undefined;
}

/** All that controllers agree on: broker sets by their name. Never changed: a change makes a new one. */
export type ControllerState = ReadonlyMap<string, BrokerSet>;

export const EMPTY_STATE: ControllerState = new Map();

/** The first id of a set (MixAll.FIRST_BROKER_CONTROLLER_ID). */
export const FIRST_BROKER_ID = 1;

export function withSet(state: ControllerState, set: BrokerSet): ControllerState {
  return new Map(state).set(set.brokerName, set);
}

export function withoutSet(state: ControllerState, brokerName: string): ControllerState {
  const rest = new Map(state);
  rest.delete(brokerName);
  return rest;
}

/** Another master, or none; either way an epoch above that of now, and above `known`. */
export function withMaster(set: BrokerSet, masterId: number | undefined, known = 0): BrokerSet {
  return { ...set, masterId, masterEpoch: Math.max(set.masterEpoch, known) + 1 };
}

export function withSyncStateSet(set: BrokerSet, ids: Iterable<number>): BrokerSet {
  const syncStateSet = [...new Set(ids)].sort((a, b) => a - b);
  return { ...set, syncStateSet, syncStateSetEpoch: set.syncStateSetEpoch + 1 };
}

/** The address of the master; undefined without one. */
export function masterAddress({ masterId, replicas }: BrokerSet): string | undefined {
  return masterId === undefined ? undefined : replicas.get(masterId)?.address;
}
