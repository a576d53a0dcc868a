import { DurableMarks } from './durable-marks.ts';
import { Membership } from './membership.ts';
import { Progress } from './progress.ts';
import { ReadQueue } from './read-index.ts';
import type { LoadRequest, LogWrite, TransferResult } from './ready.ts';
import { ReadyBuilder } from './ready-builder.ts';
import { TermRuns } from './term-runs.ts';
import type { TransferState } from './transfer.ts';
import type { EntryBatch, HardState, MembersAt, Message, NodeId, Role, TermRun } from './types.ts';

/** Synchronous reads of the log's tail: the core keeps no copy of entries. */
export interface EntrySource {
  readonly firstIndex: number;
  chainCrc(index: number): number;
  /** See the driver's `Log.view`. */
  view(first: number, maxBytes: number): EntryBatch | undefined;
}

/** Times are in ticks. */
export interface CoreConfig {
  readonly id: NodeId;
  /** The group as long as the log says nothing else. */
  readonly voters: readonly NodeId[];
  readonly learners?: readonly NodeId[] | undefined;
  readonly heartbeatTicks: number;
  /** Lower bound of the election timeout; each one is drawn between this and twice as much. */
  readonly electionTicks: number;
  /** Bounds of the wait before a fast campaign. */
  readonly fastMinTicks: number;
  readonly fastMaxTicks: number;
  readonly maxAppendBytes: number;
  /** Appends without entries known to match carry at most this much. */
  readonly maxProbeBytes: number;
  /** Per peer: what may be sent and not yet acknowledged. */
  readonly maxInflightBytes: number;
  readonly maxInflightCount: number;
  /** Count only what is fsynced, as leader; carried in every append. */
  readonly syncFlush: boolean;
  /** First start of a group without all of its members, for this one start. */
  readonly bootstrapWithMajority: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What recovery found. */
export interface CoreStart {
  readonly hardState: HardState;
  readonly inDoubt: boolean;
  readonly lastIndex: number;
  readonly termRuns: readonly TermRun[];
  /** Entries up to here are applied already (from a snapshot), hence committed. */
  readonly appliedIndex: number;
  /** Sets of members of config entries that are in the log, oldest first, and before them the one of the snapshot. */
  readonly members?: readonly MembersAt[] | undefined;
}

/** Which election is running: an ordinary one needs a majority free of doubt, a doubt election all voters. */
export type VoteKind = 'vote' | 'doubt-vote';

/** All that the role modules share. Only they and `RaftNode` change it. */
export class NodeState {
  readonly id: NodeId;
  readonly config: CoreConfig;
  readonly source: EntrySource;
  readonly members: Membership;
  /** All that were members or said hello since the start: a set may come back with a truncation, and strangers may become members. */
  readonly peers = new Map<NodeId, Progress>();
  /** The other members of now. */
  peerList: readonly Progress[] = [];
  readonly runs: TermRuns;
  readonly durable: DurableMarks;

  // Hard state, and what of it a Ready has not handed out yet.
  term: number;
  vote: NodeId;
  hardStateDirty = false;
  inDoubt: boolean;
  /** This node was made whole; it is in doubt until that is durable. */
  doubtEnding = false;
  doubtDirty = false;
  fresh: boolean;

  /** Entries of the log cannot be read: this node votes, but does not stand (safety rule 3). */
  logDamaged = false;
  /** This node should not lead, and tells the leader: its disk is slow, or its log damaged. */
  unwell = false;

  role: Role = 'follower';
  leader: NodeId | undefined = undefined;
  roleReason = 'start';
  commit: number;
  appliedIndex: number;
  now = 0;

  // Elections.
  /** Voters that an operator called lost in this outage (give-up): none while a leader is known, and nobody who is connected with a store. */
  readonly givenUp = new Set<NodeId>();
  electionDeadline = 0;
  /** The last deadline that was drawn for a fast campaign, and why. */
  hurryDeadline = -1;
  hurryReason = '';
  /** Tick at which the leader was last heard. */
  leaderHeardAt = 0;
  /** Tick since which no leader is known. */
  leaderlessSince = 0;
  /** How long no leader was known before the present one. */
  leaderlessTicks = 0;
  heardLeaderSinceStart = false;
  /** `closed` events of the leader since it was last heard. */
  leaderClosed = 0;
  fastCampaignAt = Number.NEGATIVE_INFINITY;
  preVoteAt = 0;
  /** The last ordinary attempt found no majority: a doubt election may be due. */
  preVoteFailed = false;
  /** In doubt: who granted a pre-vote since the last attempt, and in how many attempts in a row all voters did that are free of doubt. */
  readonly granted = new Set<NodeId>();
  quietRounds = 0;
  /** No voter by the own log, but asked in this outage for a vote that all must give, by one with a worse log: nobody can be elected without this node. */
  isBetterVoter = false;
  voteKind: VoteKind = 'vote';
  /** The running attempt is the leader's own wish. */
  voteTransfer = false;
  /** Tick at which the votes of the running attempt were last asked for. */
  askedAt = 0;
  /** Ordinary attempts that were refused since a leader was known: each makes the wait before the next one longer. */
  lostRounds = 0;
  readonly votes = new Map<NodeId, boolean>();
  /** Number of the Ready that carries the own vote; 0 when it is saved. */
  ownVoteNumber = 0;
  ownVotePending = false;

  // Follower: what the leader of this term is owed.
  matched = 0;
  ackSequence = 0;
  ackDue = false;

  // Leader.
  firstOwnIndex = 0;
  leaderReady = false;
  noopWanted = false;
  /** Elected by a doubt election, own first entry not committed yet. */
  doubtPhase = false;
  wonInDoubt = false;
  /** Last term in which this node cast its vote in a doubt election, since its start. */
  doubtVoteTerm = 0;
  appendsDue = false;
  /** The last view taken for the Ready that is being built. */
  sharedView: EntryBatch | undefined = undefined;
  sequence = 0;
  round = 0;
  /** When the last regular heartbeat left; rounds of reads are none. */
  heartbeatAt = 0;
  /** Commit index at the last regular heartbeat. */
  commitAtHeartbeat = 0;
  newReads = 0;
  readonly reads = new ReadQueue();
  transfer: TransferState | undefined = undefined;
  transferEnded: TransferResult | undefined = undefined;

  // Out, until the next Ready.
  writes: LogWrite[] = [];
  messages: Message[] = [];
  later: Message[] = [];
  loads: LoadRequest[] = [];
  syncWanted = false;
  persistWanted = false;
  readonly readyBuilder: ReadyBuilder;
  /** Scratch space for counting. */
  counts = new Float64Array(0);

  constructor(config: CoreConfig, start: CoreStart, source: EntrySource) {
    this.id = config.id;
    this.config = config;
    this.source = source;
    const initial = { voters: config.voters, learners: config.learners ?? [] };
    this.members = new Membership(config.id, initial, start.members ?? []);
    this.membersChanged();
    this.runs = new TermRuns(start.termRuns, start.lastIndex);
    this.durable = new DurableMarks(start.lastIndex);
    // A log ahead of the hard state has seen that term, and nobody was voted for in it.
    const ahead = this.runs.lastTerm > start.hardState.term;
    this.term = ahead ? this.runs.lastTerm : start.hardState.term;
    this.vote = ahead ? '' : start.hardState.vote;
    this.hardStateDirty = ahead;
    this.fresh = start.hardState.fresh;
    this.inDoubt = start.inDoubt || this.fresh || start.lastIndex === 0;
    this.commit = start.appliedIndex;
    this.appliedIndex = start.appliedIndex;
    this.matched = this.commit;
    this.electionDeadline = this.drawTimeout();
    this.readyBuilder = new ReadyBuilder(this);
  }

  get lastIndex(): number {
    return this.runs.lastIndex;
  }

  get lastTerm(): number {
    return this.runs.lastTerm;
  }

  peerOf(id: NodeId): Progress {
    let peer = this.peers.get(id);
    if (!peer) {
      peer = new Progress(id);
      this.peers.set(id, peer);
    }
    return peer;
  }

  /** Another set of members is in force. Returns the peers that are new in it. */
  membersChanged(): readonly Progress[] {
    const before = this.peerList;
    this.peerList = this.members.others.map((id) => this.peerOf(id));
    this.counts = new Float64Array(this.members.voters.length);
    return this.peerList.filter((peer) => !before.includes(peer));
  }

  /** The own vote of the last attempt is not fsynced, so that no request for others' has left. */
  get ownVoteUnsaved(): boolean {
    return this.ownVotePending || this.ownVoteNumber !== 0;
  }

  get mayStand(): boolean {
    return (this.members.mayStand || this.isBetterVoter) && !this.logDamaged;
  }

  /** Tick at which an election timeout that starts now ends. */
  drawTimeout(): number {
    return this.now + this.config.electionTicks + Math.floor(this.config.random() * this.config.electionTicks);
  }

  /** Tick at which a fast campaign that is decided now begins; `scale` widens its bounds. */
  drawFast(scale: number): number {
    const { fastMinTicks, fastMaxTicks, random } = this.config;
    const minTicks = fastMinTicks * scale;
    return this.now + minTicks + Math.floor(random() * (fastMaxTicks * scale - minTicks + 1));
  }

  /** Is a leader (this node included) at work, as far as can be told from here? */
  hearsLeader(): boolean {
    if (this.role === 'leader') return true;
    return this.leader !== undefined && this.now - this.leaderHeardAt < this.config.electionTicks;
  }

  /** Casts the vote of this term. A fresh store that votes in a doubt election takes part in a founding. */
  castVote(id: NodeId, kind: 'vote' | 'doubt-vote'): void {
    this.vote = id;
    this.hardStateDirty = true;
    if (kind !== 'doubt-vote') return;
    this.fresh = false;
    this.doubtVoteTerm = this.term;
  }

  /** This node has been made whole: its doubt is over as soon as that is durable. */
  endDoubt(): void {
    if (!this.inDoubt || this.doubtEnding) return;
    this.doubtEnding = true;
    this.doubtDirty = true;
  }

  /** Do this leader's commits and read rounds include the peer? */
  counted(peer: Progress): boolean {
    return this.members.isVoter(peer.id) && (peer.isWhole || (this.doubtPhase && peer.participant));
  }

  countsSelf(): boolean {
    return this.members.isSelfVoter && (!this.inDoubt || this.doubtPhase);
  }
}
