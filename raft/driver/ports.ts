import type {
  EntryBatch,
  HardState,
  MemberChange,
  MemberSet,
  Message,
  NodeId,
  PeerHello,
  Role,
  TermRun,
} from '../core/types.ts';

export type { PeerHello } from '../core/types.ts';

/** A failure of a port that the driver has to act on, as a value. */
export interface PortError {
  readonly code: string;
  readonly message: string;
}

/**
 * The log: the only copy of the entries, in memory at its tail and on disk. Writing is two steps: entries enter the tail in memory
 * (synchronously), and `persist` makes the tail durable in batches. Index 0 is the place before the first entry.
 */
export interface Log {
  /** Oldest entry that is kept; `lastIndex + 1` while the log is empty. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Runs that cover firstIndex - 1 (where known) up to lastIndex, oldest first. Read at the start, and when the damage has changed. */
  termRuns(): readonly TermRun[];
  /** Chain checksum of an entry between firstIndex - 1 and lastIndex; 0 for index 0. */
  chainCrc(index: number): number;
  /**
   * Follower: takes the entries of a received batch behind `lastIndex` (`batch.first <= lastIndex + 1`; entries up to lastIndex are
   * skipped, they are known to match). Checks position, checksums and chain; a fault means that this node must not go on
   * and nothing was taken. The payload is copied or owned from here on.
   */
  append(batch: EntryBatch): PortError | undefined;
  /** Removes `fromIndex` and all behind it, never below what was committed. The next persist makes the cut durable, fsynced. */
  truncate(fromIndex: number): void;
  /**
   * Writes everything up to `lastIndex` of now; with `sync` also fsyncs it. At most one is in flight; `done` tells the last
   * index that was covered. An error is final: the process stops (a failed fsync is never retried), except code ENOSPC.
   */
  persist(sync: boolean, done: (error: PortError | undefined, upTo: number) => void): void;
  /** A view of entries from `first` on, at most `maxBytes` (at least one entry), from memory; undefined if they are no longer there. */
  view(first: number, maxBytes: number): EntryBatch | undefined;
  /** Entries cannot be read. Undefined, or absent: all is well. See `Replica.logChanged`. */
  readonly damage?: LogDamage | undefined;
  /** The same from disk. `done` comes in a later turn. */
  load(first: number, maxBytes: number, done: (result: EntryBatch | PortError) => void): void;
}

/**
 * What of a log cannot be read. `below-applied`: entries that are applied; the node votes by its log's end, but does not stand. `fill-first`: nor may the log grow before
 * they are there again, since their terms are not known. `unapplied`: the same, since they are not applied yet; if they never were committed, no other node may have them.
 */
export type LogDamage = 'below-applied' | 'fill-first' | 'unapplied';

/** Durable term and vote (and the incarnation, doubt and clean marks that live in the same slots; see FORMATS.md). */
export interface HardStateStore {
  /** Fsynced when `done` is called without an error. Without durability there is no vote: an error stops the process. One in flight at a time. */
  save(state: HardState, done: (error: PortError | undefined) => void): void;
  /** Makes the doubt mark durable. Its end also ends the reason for it (a store that was empty is no longer `fresh`). */
  saveDoubt(inDoubt: boolean, done: (error: PortError | undefined) => void): void;
}

/**
 * Messages between members, and to whoever asked for a vote: a log may lack the entry that made the asker a member, so all that are known by
 * address are dialed, members of the set in force or not. Lossy: what cannot be sent is dropped, Raft repeats it. Ordered per
 * connection.
 */
export interface Transport {
  /** Hands a message over; entry payloads are views that the transport has sent or copied before the log changes them. */
  send(message: Message): void;
  /** End of one Ready: the transport flushes one gathered write per peer. */
  flush(): void;
}

/** What the transport reports; implemented by the Replica. */
export interface TransportEvents {
  /** The payload of an append may be reused when the current turn of the event loop is over. */
  receive(message: Message): void;
  /** The own dialed connection got the peer's hello: from now on messages can reach it. */
  connected(hello: PeerHello): void;
  /**
   * The dialed connection ended, or an attempt to dial failed: a hint, not a proof of death. Two in a row without `connected`
   * mean "closed, and one reconnect failed" (FORMATS.md section 4).
   */
  closed(peer: NodeId): void;
}

export interface RoleChange {
  readonly role: Role;
  readonly term: number;
  readonly leader: NodeId | undefined;
  /** For the log line: why, in words ("election timeout", "leader connection closed", "higher term 7 from n1", ...). */
  readonly reason: string;
  /** Ids that granted their vote (leader only). */
  readonly votes: readonly NodeId[];
  /** Milliseconds (of ticks) since a leader was last known. */
  readonly leaderlessMs: number;
  /**
   * The leader was elected by all voters while fewer than a majority were free of doubt: acknowledged messages may be lost, and people must be told. Known to the leader, and, until its next start, to
   * whoever voted for it.
   */
  readonly inDoubtElection: boolean;
}

/** What is replicated onto. All calls are synchronous and come from the driver's loop. */
export interface StateMachine {
  /** Entries up to `index` are committed; apply those behind `appliedIndex`. Returns the new applied index (it may lag on purpose, and call `Replica.appliedTo` later). */
  committed(index: number): number;
  roleChanged(change: RoleChange): void;
  /** This leader's own first entry is committed and applied: it may serve. Called once per leadership. */
  leaderReady(term: number): void;
  /**
   * A new leader asks for its first entry, or a leader for a fresh one that ends a member's doubt: appends one no-op entry to the
   * log for `term` (Log.lastIndex grows by exactly one). Index 1 is the group's first-entry record. Never comes through `appended`.
   */
  appendNoop(term: number): void;
  /**
   * Appends one config entry to the log, which holds the resulting set (Log.lastIndex grows by exactly one). Never comes through
   * `appended`. Absent: the set of members cannot be changed.
   */
  appendMembers?(term: number, members: MemberSet, change: MemberChange): void;
  /** Another set of members is in force, committed or not. Not called for the set at the start. */
  membersChanged?(members: MemberSet): void;
  /** The node can no longer take part (disk fault, divergence): the process must stop. */
  fatal(error: PortError): void;
}

/** Time, chance and turns of the event loop. */
export interface Scheduler {
  /** Calls back once at the end of the current turn; used with one prebuilt callback. */
  endOfTurn(callback: () => void): void;
  /** Uniform in [0, 1). */
  random(): number;
  /** Monotonic milliseconds, for log lines and round-trip figures only; the core counts ticks. */
  monotonicMs(): number;
}
