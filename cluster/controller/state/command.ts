/** What a controller knows of a live broker from its heartbeats. */
export interface LiveBroker {
  readonly brokerId: number;
  /** Of the last master that it copied; -1: none. */
  readonly epoch: number;
  /** End of its log. */
  readonly maxOffset: number;
  /** Lower is preferred [brokerElectionPriority]. */
  readonly priority: number;
}

/** A broker without an id takes one. */
export interface ApplyBrokerId {
  readonly kind: 'apply-broker-id';
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly checkCode: string;
}

/** A broker with an id is there, at an address. */
export interface RegisterBroker {
  readonly kind: 'register-broker';
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
  /** Its log may lack what it acknowledged (raft/SAFETY.md 10). */
  readonly inDoubt: boolean;
  /** Of a broker in doubt: in epochs above the first and up to the second it wrote nothing as master, and never will. */
  readonly begunEpoch?: number | undefined;
  readonly renouncedEpoch?: number | undefined;
  /** Of a broker in doubt: the set's epoch as it was told before it said this; undefined: it does not say, and is believed whatever happened since. */
  readonly knownEpoch?: number | undefined;
  /** It is never to be in sync, nor master [asyncLearner]; undefined: no. */
  readonly learner?: boolean | undefined;
  /** Newest epoch that its log has, or that it began; undefined: it does not say. */
  readonly epoch?: number | undefined;
  /** Starts of its store, oldest first, since the one of which it knows that controllers heard; undefined: it does not say. */
  readonly starts?: readonly string[] | undefined;
  /** Identity of the set to which its log belongs, and where that ends; undefined: it does not say. */
  readonly setId?: string | undefined;
  readonly maxOffset?: number | undefined;
}

/** A master proposes who is in sync. */
export interface AlterSyncStateSet {
  readonly kind: 'alter-sync-state-set';
  readonly brokerName: string;
  readonly masterId: number;
  readonly masterEpoch: number;
  readonly syncStateSet: readonly number[];
  /** Epoch of the set that the proposal follows. */
  readonly syncStateSetEpoch: number;
  /** Ids of the set's brokers that are alive. */
  readonly alive: readonly number[];
  /** Where the master has slaves with these ids, `2=10.0.0.2:10911`; undefined: it does not say. */
  readonly addresses?: readonly string[] | undefined;
}

/** A set needs a master. */
export interface ElectMaster {
  readonly kind: 'elect-master';
  readonly brokerName: string;
  /** The broker that asks, or that is to become master; undefined: the controller itself asks. */
  readonly brokerId: number | undefined;
  /** Nobody but `brokerId` will do. */
  readonly designated: boolean;
  /** Replicas outside the SyncStateSet may be elected, although they may lack messages [enableElectUncleanMaster]. */
  readonly unclean: boolean;
  /** Of a designated one: so may it this once, if nobody in sync is alive; people accept that what others alone have is lost. Undefined: no. */
  readonly acceptLoss?: boolean | undefined;
  /** Of a designated one: it takes that consent, or `unclean`, in a set of which these controllers know nothing but epochs, too. Undefined: no. */
  readonly consentNeeded?: boolean | undefined;
  readonly live: readonly LiveBroker[];
}

/** An operator makes the controller forget brokers. */
export interface CleanBrokerData {
  readonly kind: 'clean-broker-data';
  readonly brokerName: string;
  /** At least one; undefined: all of the set. */
  readonly brokerIds: readonly number[] | undefined;
  /** Ids of live brokers of the set, which stay; empty if they may be forgotten too. */
  readonly alive: readonly number[];
}

/**
 * A change that controllers agree on. Who is alive and what the configuration says rides inside, as the leader saw it: applying a command depends on the
 * state and the command alone.
 */
export type Command = ApplyBrokerId | RegisterBroker | AlterSyncStateSet | ElectMaster | CleanBrokerData;
