import type { WaitOutcome } from './put-message.ts';

/** Why nothing may be appended now. A refusal is certain: nothing was appended, now or later (response code 14 or 2, never 1). */
export type RefusalStatus =
  /** This node does not lead its group, or is a slave. */
  | 'not-leader'
  /** It leads, but its first own entry is not yet committed and applied. */
  | 'not-ready'
  /** Fewer replicas are in sync than `minInSyncReplicas` asks for. */
  | 'replicas-missing'
  /** No room on the disk for ordinary messages. */
  | 'disk-full'
  /** Too much is appended and not yet confirmed. */
  | 'pending-full'
  /** The store is closing or closed. */
  | 'shutting-down'
  /** The message (or the unit of several) cannot be stored as it is: too large, property text too long, illegal topic length. */
  | 'message-illegal';

export interface WriteRefusal {
  readonly status: RefusalStatus;
  /** One sentence for people; goes out as the remark of the answer. */
  readonly text: string;
}

/**
 * Room for one unit at the end of the log. One object is reused by every call: read it at once, never keep it. `buffer` is the log's own tail
 * chunk; only `[offset, offset + byteLength)` of it belongs to the writer, until `seal`.
 */
export interface Reservation {
  readonly buffer: Buffer;
  readonly offset: number;
  /** Byte address in the log (the physical offset) of the unit's first record, i.e. of `buffer[offset]`. */
  readonly position: number;
}

/** Receives what became of sealed units, in the order of their tickets; called at most once per turn of the event loop each. */
export interface ReplicatorListener {
  /**
   * Every unit with a ticket up to and including `ticket` is confirmed as the flush and replication modes in force promise, and
   * `position` is the new end of what consumers may see. On a follower, `ticket` may name units that this process never sealed.
   */
  confirmed(ticket: number, position: number): void;
  /**
   * Every unit up to and including `ticket` is in the files, if only in the page cache: enough for senders that do not wait (WAIT=false). Not called where
   * nothing is answered before its confirmation (a group).
   */
  written(ticket: number): void;
  /**
   * Nobody waits any longer for the units up to and including `ticket` that are not confirmed: their senders hear `outcome`. The units stay in the log, and
   * their confirmation may still come.
   */
  gaveUp(ticket: number, outcome: WaitOutcome): void;
  /** This node can no longer tell the outcome of any sealed unit that is not confirmed (step-down): it is unknown, for all of them. */
  lost(reason: string): void;
}

/**
 * What `src/store` sees of replication (src/store/README.md): may I write, append, what is confirmed. Implemented by `NativeLog` (no
 * replication), by the DLedger log (Raft) and by master/slave replication.
 *
 * The put path is one synchronous section: `refusal()`, `reserve()`, encode in place, `seal()`, with no other call of this port
 * in between. A reservation that is not sealed leaves no trace but, perhaps, an end-of-file blank.
 */
export interface Replicator {
  /** Why a write is refused now, or undefined when it may be appended. Cheap: asked for each put. */
  refusal(): WriteRefusal | undefined;
  /** Largest unit that `reserve` takes, in bytes of records. */
  readonly maxUnitBytes: number;
  /** Makes room for `byteLength` (1..maxUnitBytes) bytes of records; rolls to the next file where they do not fit. */
  reserve(byteLength: number): Reservation;
  /**
   * The reserved bytes are complete: one or several records back to back, one atomic unit that is confirmed as a whole. Returns its ticket;
   * tickets grow, but need not be consecutive. Never calls the listener before it returns.
   */
  seal(): number;
  /** Last confirmed ticket; 0 before the first. */
  readonly confirmedTicket: number;
  /** One listener, set once, before the first `reserve`. */
  setListener(listener: ReplicatorListener): void;
}
