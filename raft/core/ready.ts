import type { EntryBatch, HardState, MemberSet, Message, NodeId, Role } from './types.ts';

/** A change of the follower's log, to be executed in order: first the cut, then the entries. */
export type LogWrite =
  | { readonly kind: 'truncate'; readonly from: number }
  | { readonly kind: 'append'; readonly batch: EntryBatch };

export interface RoleReport {
  readonly role: Role;
  readonly term: number;
  readonly leader: NodeId | undefined;
  readonly reason: string;
  readonly votes: readonly NodeId[];
  readonly leaderlessTicks: number;
  readonly inDoubtElection: boolean;
}

export interface TransferResult {
  readonly to: NodeId;
  readonly ok: boolean;
  readonly reason: string;
}

/** Entries that are no longer in memory and have to be read for a peer; answer with `RaftNode.loaded`. */
export interface LoadRequest {
  readonly to: NodeId;
  readonly term: number;
  readonly first: number;
  readonly maxBytes: number;
}

/**
 * What must happen now, in the order of the fields (README, "The Ready contract"). Numbers rise by one; persists are acknowledged
 * in order with `persisted(number)`, saves of the hard state with `stateSaved(number)`, one of the doubt mark with `doubtSaved()`.
 */
export interface Ready {
  readonly number: number;
  readonly writes: readonly LogWrite[];
  readonly roleChange: RoleReport | undefined;
  /** Not 0: append one no-op of this term, then call `appended`. */
  readonly noopTerm: number;
  readonly hardState: HardState | undefined;
  /** Not undefined: make this doubt mark durable. */
  readonly doubt: boolean | undefined;
  /** May go before anything is durable. */
  readonly messages: readonly Message[];
  /** Go when the hard state of this and every earlier Ready is fsynced. */
  readonly messagesAfterState: readonly Message[];
  /** Persist the log up to what it holds after `writes` and the no-op; with `sync` fsync it too. */
  readonly persist: boolean;
  readonly sync: boolean;
  readonly commit: number;
  readonly loads: readonly LoadRequest[];
  /** Reads with ids up to `readUpTo` may be answered once `readIndex` is applied. 0: none. */
  readonly readUpTo: number;
  readonly readIndex: number;
  readonly transferEnded: TransferResult | undefined;
  /** Another set of members is in force. */
  readonly members: MemberSet | undefined;
}
