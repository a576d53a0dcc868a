/** The brokers that hold everything that the master confirmed, and the version of that statement (RocketMQ: SyncStateSet). */
export interface SyncStateSet {
  /** Ids as the Controller gave them (1..n), the master's among them. */
  readonly brokerIds: readonly number[];
  /** Grows with each change that the Controller made; RocketMQ's syncStateSetEpoch. */
  readonly setEpoch: number;
}

/** An election made this broker the master. */
export interface MasterCommand {
  readonly masterEpoch: number;
  /** Identity of the set; undefined where nothing is said about it. */
  readonly setId?: string | undefined;
  readonly syncStateSet: SyncStateSet;
}

/** Another broker is the master. */
export interface SlaveCommand {
  readonly masterEpoch: number;
  readonly masterBrokerId: number;
  /** `ip:port` under which the master serves clients; its HA port is asked for there. */
  readonly masterAddress: string;
  /** Newest epoch whose master was not in sync when it was elected, as a Controller knows it; undefined where nothing is said about it. */
  readonly uncleanEpoch?: number | undefined;
}

/** `fenced`: no master is known, or this one has not caught up with its own promotion: serves no writes, is registered nowhere as master. */
export type ReplicaRole = 'fenced' | 'master' | 'slave';

/** What heartbeats (904), elections and tools ask of a replica. */
export interface ReplicaPosition {
  readonly role: ReplicaRole;
  /** Epoch of the last command that was accepted; 0 before the first. */
  readonly masterEpoch: number;
  /** Epoch of the last byte in the log: what elections compare first. 0 for an empty log or one that was written before Controller mode. */
  readonly lastEpoch: number;
  /** End of the log, bytes that are not confirmed included. */
  readonly maxPosition: number;
  /** End of what consumers may see. */
  readonly confirmPosition: number;
}

/** One line of `epochFileCheckpoint`: from `startPosition` on the log was written by the master of `epoch`. */
export interface EpochEntry {
  readonly epoch: number;
  readonly startPosition: number;
}

/** A slave as its master sees it. */
export interface ReplicaReport {
  readonly brokerId: number;
  readonly address: string;
  /** Everything below is with the slave, as safe as its flush mode makes it. */
  readonly ackPosition: number;
  /** Bytes that the slave lacks. */
  readonly lag: number;
  readonly inSyncStateSet: boolean;
  readonly learner: boolean;
  /** Lower is preferred [brokerElectionPriority]. */
  readonly priority: number;
}

/** What a store directory knows of itself, for the controllers. */
export interface DirectoryMarks {
  /**
   * The newest start of this store that the controllers are known to have heard of, and all since, that of now as the last one. A store that does not know the start of which the
   * controllers heard last was set back to an older state, or is a copy.
   */
  readonly starts: readonly string[];
  /** Identity of the set whose log this is, as the controllers made it at the set's first election; undefined: not known, as in a new store. */
  readonly setId: string | undefined;
  /** The controllers have heard of the start of now. Throws the disk's error. */
  registered(): void;
}

/**
 * The data path of Controller mode as the side that talks with the Controller drives it. Commands take effect at once for what is refused (a master that
 * gets `becomeSlave` appends nothing from that call on); everything else follows in later turns and shows in `position()` and `ReplicaEvents.changed`.
 */
export interface ReplicaRoles {
  /** This broker's id in its set, as the Controller gave it; told once, before the first command. */
  setBrokerId(brokerId: number): void;
  /**
   * False if the command is older than one that was accepted before (lower epoch, or the same epoch with another role), or names an epoch of which the log holds
   * something since before the start of the process: nothing changed. The same
   * command again is true and changes nothing. The epoch is fsynced before the first byte of it is appended; `serving` follows when
   * everything that the log held is confirmed and applied.
   */
  becomeMaster(command: MasterCommand): boolean;
  /** As above; the log is cut where it differs from the master's, durably, before anything is acknowledged. */
  becomeSlave(command: SlaveCommand): boolean;
  /** No master is known (the Controller says so, or none can be reached for too long): appends nothing, keeps what it has. */
  becomeFenced(reason: string): void;
  /**
   * A Controller's answer with a set: to ALTER_SYNC_STATE_SET, or from a question. Ignored unless its `setEpoch` is newer. Until one comes, the
   * acknowledgements of all sets that were proposed since count as required (raft/SAFETY.md 10).
   */
  syncStateSetDecided(masterEpoch: number, set: SyncStateSet): void;
  /**
   * The Controller refused the wish for certain, and the set did not change. Proposals are kept nevertheless until a newer set is known: an earlier one of
   * them may have taken effect with its reply lost. Allows the next wish.
   */
  syncStateSetRefused(masterEpoch: number): void;
  /**
   * This broker is about to leave: as master it appends nothing more from now on, and calls back with the id of a member of the set that holds everything, so that
   * it can be elected. Undefined: it is no master, or nobody holds everything in time.
   */
  prepareHandOver(done: (successor: number | undefined) => void): void;
  /**
   * From now on this broker refuses to become master in epochs up to this one. Returns the newest epoch that it ever began as master, or still may have: in those between
   * it wrote nothing, and never will. Undefined: that is not known.
   */
  renounce(masterEpoch: number): number | undefined;
  position(): ReplicaPosition;
  /** Newest epoch that the log has, or that this broker began as master: it becomes master in later ones only. 0: none. */
  readonly newestEpoch: number;
  /**
   * The log may lack what this broker acknowledged (it was not closed, and the machine restarted since, or its end was torn): the
   * Controller takes it out of the set when it registers. Over when it has caught up with a master.
   */
  readonly inDoubt: boolean;
  readonly directory: DirectoryMarks;
  /** Oldest first: the answer to GET_BROKER_EPOCH_CACHE (1007). */
  epochs(): readonly EpochEntry[];
  /** The slaves that are connected; empty unless this broker is master. For HA status (907). */
  replicas(): readonly ReplicaReport[];
}

/** What the data path asks of the side that talks with the Controller. */
export interface ReplicaEvents {
  /**
   * The master wants this set: ALTER_SYNC_STATE_SET (1001) with `masterEpoch` and `setEpoch` as given. Answered by `syncStateSetDecided` or
   * `syncStateSetRefused`; without an answer the wish is told again every second. Never called within a command. `addresses`: client addresses of the slaves that are connected, by id; another broker with one
   * of these ids holds something else.
   */
  alterSyncStateSet(masterEpoch: number, wish: SyncStateSet, addresses: ReadonlyMap<number, string>): void;
  /**
   * This process did not run for so long that the controllers may have given its id to a copy of its directory, and they have not said otherwise since: nothing may be confirmed or
   * acknowledged. Asked at each of these.
   */
  mayBeReplaced(): boolean;
  /** Role, `serving` or `inDoubt` changed. */
  changed(): void;
}
