/**
 * The vocabulary of the consensus core (Ongaro, "Consensus: Bridging Theory and Practice", chapters 3, 4, 6 and 9).
 * *Index* is the number of an entry (the first is 1; 0 means "before the first"), *term* the number of a leadership.
 */
export type NodeId = string;

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** Who belongs to a group: voters decide, learners receive entries and count for nothing (thesis 4.2.1). */
export interface MemberSet {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
}

/** The set that holds from the moment at which entry `index` is in the log, committed or not (thesis 4.1). */
export interface MembersAt extends MemberSet {
  readonly index: number;
}

/** A change of the set, one member at a time. `address` is not looked at: it is for whoever writes the entry. */
export type MemberChange =
  | { readonly kind: 'add-learner'; readonly id: NodeId; readonly address?: string }
  | { readonly kind: 'promote' | 'remove'; readonly id: NodeId };

/** Entries from `first` up to the next run's `first` were created in `term`. */
export interface TermRun {
  readonly first: number;
  readonly term: number;
}

/**
 * A view of consecutive entries that moves through the core without being looked into. `payload` belongs to whoever made the batch: the
 * log for outgoing ones, the transport for incoming ones; it stays valid until the Ready that carries it has been executed.
 */
export interface EntryBatch {
  readonly first: number;
  readonly last: number;
  readonly byteLength: number;
  /** Covers first..last; `runs[0].first === first`. */
  readonly runs: readonly TermRun[];
  readonly payload: unknown;
  /** Received batches: the sets of the config entries among them, oldest first; absent where there are none. */
  readonly members?: readonly MembersAt[] | undefined;
}

interface MessageBase {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly term: number;
}

/** Pre-vote and vote (thesis 3.4, 9.6). `transfer`: campaign on the leader's own wish, so the leader's presence does not refuse it. */
export interface VoteRequest extends MessageBase {
  readonly type: 'pre-vote' | 'vote' | 'doubt-vote';
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly transfer: boolean;
}

export interface VoteReply extends MessageBase {
  readonly type: 'pre-vote-reply' | 'vote-reply' | 'doubt-vote-reply';
  readonly granted: boolean;
  /** The voter may lack entries that it acknowledged. */
  readonly inDoubt: boolean;
  /** See PeerHello. */
  readonly fresh: boolean;
}

/** AppendEntries (thesis 3.5). Without entries it is a probe. */
export interface AppendRequest extends MessageBase {
  readonly type: 'append';
  /** Number of this append on this leader, echoed by the reply: replies to what was sent before a reset are told apart by it. */
  readonly sequence: number;
  readonly prevIndex: number;
  readonly prevTerm: number;
  /** Chain checksum of entry `prevIndex`; 0 where there is none. */
  readonly prevChainCrc: number;
  readonly commit: number;
  /** The leader acknowledges only what is fsynced, and the follower obeys. */
  readonly syncFlush: boolean;
  readonly entries: EntryBatch | undefined;
}

export interface AppendReply extends MessageBase {
  readonly type: 'append-reply';
  readonly sequence: number;
  readonly rejected: boolean;
  /** Accepted: last index that is written and known to match. Rejected: the `prevIndex` that was refused. */
  readonly index: number;
  /** Last index that is fsynced and known to match (0 while rejected). */
  readonly syncedIndex: number;
  /** Rejected: the follower's best guess of where the logs may agree (largest index with a term not above the leader's `prevTerm`). */
  readonly hintIndex: number;
  readonly hintTerm: number;
  /** The sender may lack entries that it acknowledged: the reply counts for nothing but the end of its doubt. */
  readonly inDoubt: boolean;
}

/** Heartbeat; `round` is confirmed by the reply and proves leadership to the reads that wait for it (thesis 6.4). */
export interface Heartbeat extends MessageBase {
  readonly type: 'heartbeat';
  readonly commit: number;
  readonly round: number;
}

export interface HeartbeatReply extends MessageBase {
  readonly type: 'heartbeat-reply';
  readonly round: number;
  readonly inDoubt: boolean;
  /** Its disk is slow or its log damaged: it should not lead. */
  readonly unwell: boolean;
}

/** Leadership transfer (thesis 3.10): the receiver campaigns at once. */
export interface TimeoutNow extends MessageBase {
  readonly type: 'timeout-now';
}

/** The leader committed entry `index` of its own term without counting the receiver, whose fsynced log reaches it: its doubt ends. */
export interface DoubtEnd extends MessageBase {
  readonly type: 'doubt-end';
  readonly index: number;
}

export type Message =
  | VoteRequest
  | VoteReply
  | AppendRequest
  | AppendReply
  | Heartbeat
  | HeartbeatReply
  | TimeoutNow
  | DoubtEnd;

/** What a peer says of itself when a connection opens; identity, format and incarnation were checked by the transport. */
export interface PeerHello {
  readonly id: NodeId;
  /** Increases with every start of the peer; replies of an older one are dropped by the transport. */
  readonly incarnation: number;
  readonly inDoubt: boolean;
  /** In doubt since its store was empty, and has taken part in no founding election: it may be a wiped member. */
  readonly fresh: boolean;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** What must be durable before a vote or an acknowledgement of a new term leaves. */
export interface HardState {
  readonly term: number;
  /** '' while no vote was given in `term`. */
  readonly vote: NodeId;
  /** See PeerHello. Ends with the first doubt-vote that is cast, in the same save, or when this node was made whole: a save from then on no more says so. */
  readonly fresh: boolean;
}
