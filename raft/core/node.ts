import { assert } from './assert.ts';
import { loseRound, openRound, repeatRequest, stepCandidate, tallyVotes } from './candidate.ts';
import { doubtSaved, endOwnDoubt } from './doubt.ts';
import { closedByPeer, coldStart, handleVoteRequest, tickElection } from './election.ts';
import { becomeFollower, followerPersisted, stepFollower } from './follower.ts';
import { giveUp, takeBack } from './give-up.ts';
import { broadcastHeartbeat, greetPeer, stepLeader, tickLeader } from './leader.ts';
import { changedSet, mustRetire, proposedMembers, retire } from './member-change.ts';
import { NodeState } from './node-state.ts';
import { requestRead } from './read-index.ts';
import type { Ready, TransferResult } from './ready.ts';
import { advanceCommit, sendLoaded } from './replication.ts';
import { startTransfer, tickTransfer, transferPeerLost } from './transfer.ts';
import type { EntryBatch, MemberChange, MemberSet, MembersAt, Message, NodeId, PeerHello } from './types.ts';

export type { CoreConfig, CoreStart } from './node-state.ts';

/** Only members that this node counts are listened to for answers. */
function isReply(message: Message): boolean {
  return message.type.endsWith('-reply');
}

/** Why a leader-only request is refused. */
export type Refusal = 'not-leader' | 'not-ready' | 'transferring';

/**
 * The consensus machine (thesis chapters 3, 6, 9): pure and synchronous. Ticks, messages and connection events go in; `ready()` says
 * what must happen; `persisted`, `stateSaved`, `doubtSaved` and `applied` come back. See README for the contract.
 */
export class RaftNode extends NodeState {
  /** One unit of time has passed. */
  tick(): void {
    this.now++;
    if (this.role === 'leader') tickLeader(this);
    else tickElection(this);
    tickTransfer(this);
  }

  /** A message of a member arrived. Batches stay valid until the next Ready has been executed. */
  step(message: Message): void {
    if (message.to !== this.id) return;
    // Requests are taken from anybody: this log may lack the entry that made the sender a member (thesis 4.1).
    if (message.type === 'pre-vote' || message.type === 'vote' || message.type === 'doubt-vote') {
      handleVoteRequest(this, message);
      return;
    }
    const peer = this.members.has(message.from) ? this.peers.get(message.from) : undefined;
    if (!peer && isReply(message)) return;
    if (peer && 'granted' in message) {
      peer.voted(message);
      takeBack(this, peer);
      if (message.type === 'pre-vote-reply' && message.granted) this.granted.add(message.from);
    }
    if (message.term > this.term && !(message.type === 'pre-vote-reply' && message.granted)) {
      const fromLeader = message.type === 'append' || message.type === 'heartbeat';
      const reason = `higher term ${message.term} from ${message.from}`;
      if ('granted' in message && openRound(this)) loseRound(this, message.term, reason);
      else becomeFollower(this, message.term, fromLeader ? message.from : undefined, reason);
    }
    if (message.term < this.term) {
      this.answerOldTerm(message);
      return;
    }
    if (this.role === 'leader' && peer) stepLeader(this, message, peer);
    else if (this.role === 'follower') stepFollower(this, message);
    else if (this.role !== 'leader') stepCandidate(this, message);
  }

  /** A connection to a peer opened: it is in this state now, and messages reach it. */
  connected(hello: PeerHello): void {
    if (hello.id === this.id) return;
    const peer = this.peerOf(hello.id);
    peer.greet(hello);
    takeBack(this, peer);
    if (hello.id === this.leader) this.leaderClosed = 0;
    // What a stranger says is only remembered: it may become a member.
    if (!this.members.has(hello.id)) return;
    if (this.role === 'leader') {
      greetPeer(this, peer);
    } else {
      tallyVotes(this);
      repeatRequest(this, peer);
      coldStart(this);
    }
  }

  /** A connection to a peer ended, or could not be opened. */
  closed(id: NodeId): void {
    const peer = this.peers.get(id);
    if (!peer) return;
    peer.connected = false;
    transferPeerLost(this, id);
    closedByPeer(this, id);
    tallyVotes(this);
  }

  /**
   * Leader: the state machine put entries of this term in the log; it reaches up to `lastIndex` now. With `members` the last of them is a
   * config entry with this set, which `checkChange` gave in this turn.
   */
  appended(lastIndex: number, members?: MemberSet): void {
    assert(this.role === 'leader', 'only a leader appends');
    if (lastIndex === this.lastIndex) return;
    // The first entry of a term is fsynced before it counts, whatever the flush mode (safety rule 3).
    if (this.lastTerm !== this.term || this.config.syncFlush || this.inDoubt || members) this.syncWanted = true;
    this.runs.append(lastIndex, this.term);
    this.appendsDue = true;
    if (members) proposedMembers(this, lastIndex, members);
  }

  /** The set that a change would make; a string says why it may not be proposed now. */
  checkChange(change: MemberChange): MemberSet | string {
    return changedSet(this, change);
  }

  /** The sets of all entries behind the applied ones, of which some could not be read before. */
  rereadMembers(sets: readonly MembersAt[]): void {
    this.members.truncate(this.appliedIndex + 1);
    for (const set of sets) this.members.append(set);
    this.membersChanged();
  }

  /** May the state machine append now? */
  mayPropose(): Refusal | undefined {
    if (this.role !== 'leader') return 'not-leader';
    if (!this.leaderReady) return 'not-ready';
    // A leader that removes itself hands over as soon as that is committed, to one that has everything.
    return this.transfer || !this.members.isSelfVoter ? 'transferring' : undefined;
  }

  /** Asks for a fresh read; the id comes back through a Ready, or the leadership ends first. */
  readIndex(): number | Refusal {
    if (this.role !== 'leader') return 'not-leader';
    return this.leaderReady ? requestRead(this) : 'not-ready';
  }

  /** Starts a leadership transfer; the outcome comes through `Ready.transferEnded`. A string says why not. */
  transferTo(to: NodeId): string | undefined {
    return startTransfer(this, to);
  }

  /** The outcome of a transfer that ended since the last Ready, which then does not bring it: for who asks for the next one before that. */
  takeTransferEnded(): TransferResult | undefined {
    const ended = this.transferEnded;
    this.transferEnded = undefined;
    return ended;
  }

  /** An operator says that a voter is lost; a sentence says why that cannot be. */
  giveUp(id: NodeId): string | undefined {
    return giveUp(this, id);
  }

  /** The log is persisted as Ready `number` (and all before it) asked. */
  persisted(number: number): void {
    const { written, synced } = this.durable;
    this.durable.finish(number);
    if (this.durable.written === written && this.durable.synced === synced) return;
    if (this.role === 'leader') {
      endOwnDoubt(this);
      advanceCommit(this);
    } else {
      followerPersisted(this);
    }
  }

  /** The hard state of Ready `number` (and all before it) is fsynced. */
  stateSaved(number: number): void {
    if (this.ownVoteNumber !== 0 && number >= this.ownVoteNumber) {
      this.ownVoteNumber = 0;
      if (this.role === 'candidate') {
        this.votes.set(this.id, true);
        tallyVotes(this);
      }
    }
  }

  /** The doubt mark that a Ready brought is fsynced. */
  doubtSaved(): void {
    doubtSaved(this);
    if (this.role === 'leader') advanceCommit(this);
  }

  /** The state machine has applied everything up to `index`. */
  applied(index: number): void {
    assert(index <= this.commit, 'applied what is not committed');
    this.appliedIndex = Math.max(this.appliedIndex, index);
    if (this.role === 'leader' && !this.leaderReady && this.firstOwnIndex <= this.appliedIndex) {
      this.leaderReady = true;
    }
  }

  /** Answer to a `LoadRequest`; undefined if the entries could not be read. */
  loaded(to: NodeId, term: number, first: number, batch: EntryBatch | undefined): void {
    const peer = this.peers.get(to);
    if (peer && this.role === 'leader' && this.term === term) sendLoaded(this, peer, first, batch);
  }

  /** Is there anything to do? */
  hasReady(): boolean {
    return this.readyBuilder.pending(this);
  }

  /** What must happen now. Take it only to execute it: it is handed out once. */
  ready(): Ready {
    if (mustRetire(this)) retire(this);
    if (this.role === 'leader' && this.newReads > 0) broadcastHeartbeat(this);
    this.members.committed(this.commit);
    return this.readyBuilder.build(this);
  }

  /** An append or heartbeat of an older term: tell its sender, so that it steps down. */
  private answerOldTerm(message: Message): void {
    if (message.type !== 'append' && message.type !== 'heartbeat') return;
    const { id: from, term, inDoubt } = this;
    const reply = { rejected: true, index: 0, syncedIndex: 0, hintIndex: 0, hintTerm: 0, sequence: 0, inDoubt };
    this.later.push({ type: 'append-reply', from, to: message.from, term, ...reply });
  }
}
