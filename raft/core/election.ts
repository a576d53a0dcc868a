import { openRound, repeatRequests, retrySoon, tallyVotes } from './candidate.ts';
import { endRound, mayCallDoubtElection } from './doubt-election.ts';
import { becomeFollower, setLeader } from './follower.ts';
import type { NodeState, VoteKind } from './node-state.ts';
import type { Progress } from './progress.ts';
import type { NodeId, VoteReply, VoteRequest } from './types.ts';

/** Followers and candidates: has the election timeout passed? */
export function tickElection(node: NodeState): void {
  if (node.now < node.electionDeadline) {
    repeatRequests(node);
    return;
  }
  campaign(node, node.electionDeadline === node.hurryDeadline ? node.hurryReason : 'election timeout');
}

/** Campaigns in a few ticks, times `scale`, instead of at the end of the election timeout; false if that comes first. */
export function hurry(node: NodeState, reason: string, scale = 1): boolean {
  const deadline = node.drawFast(scale);
  if (deadline >= node.electionDeadline) return false;
  node.electionDeadline = deadline;
  node.hurryDeadline = deadline;
  node.hurryReason = reason;
  return true;
}

/**
 * Tries to become leader. Ordinary: a pre-vote first (thesis 9.6), so that a node that cannot win disturbs nobody. A node in doubt
 * stands only in a doubt election, and a node free of doubt proposes one only after an ordinary attempt failed. A candidate whose own
 * vote is on its way to the disk goes on with its attempt.
 */
export function campaign(node: NodeState, reason: string): void {
  node.electionDeadline = node.drawTimeout();
  // Nobody has been asked yet. Where a save takes longer than the timeout, term would follow term and none be won (the timing
  // requirement of thesis 3.9, whose broadcast time contains the save).
  if (node.role === 'candidate' && node.ownVoteUnsaved) return;
  if (!node.mayStand) {
    if (node.role === 'follower') setLeader(node, undefined, reason);
    else becomeFollower(node, node.term, undefined, reason);
    return;
  }
  endRound(node);
  if ((node.inDoubt || node.preVoteFailed) && mayCallDoubtElection(node)) {
    startVote(node, 'doubt-vote', false, `${reason}, doubt election`);
  } else if (!node.inDoubt) {
    startPreVote(node, reason);
  } else {
    if (node.role === 'follower') setLeader(node, undefined, reason);
    else becomeFollower(node, node.term, undefined, 'in doubt');
    askAround(node);
  }
}

/**
 * In doubt, and by what the peers said at their hellos no election is open. They may have changed since: the answers to a pre-vote, which
 * changes nothing anywhere, tell what they are now.
 */
function askAround(node: NodeState): void {
  const { id: from, lastIndex, lastTerm, term } = node;
  for (const to of node.members.otherVoters) {
    node.messages.push({ type: 'pre-vote', from, to, term: term + 1, lastIndex, lastTerm, transfer: false });
  }
}

function startPreVote(node: NodeState, reason: string): void {
  setLeader(node, undefined, reason);
  node.role = 'pre-candidate';
  node.roleReason = reason;
  node.preVoteAt = node.now;
  node.preVoteFailed = true;
  node.votes.clear();
  node.votes.set(node.id, true);
  requestVotes(node, false);
  tallyVotes(node);
}

/** A real election in a new term. The own vote counts, and the requests leave, when it is fsynced. */
export function startVote(node: NodeState, kind: VoteKind, transfer: boolean, reason: string): void {
  setLeader(node, undefined, reason);
  node.term++;
  node.castVote(node.id, kind);
  node.ownVotePending = true;
  // The save of an earlier vote may still be running; it says nothing of this one.
  node.ownVoteNumber = 0;
  node.role = 'candidate';
  node.roleReason = reason;
  node.voteKind = kind;
  node.preVoteFailed = false;
  node.electionDeadline = node.drawTimeout();
  node.votes.clear();
  requestVotes(node, transfer);
}

function requestVotes(node: NodeState, transfer: boolean): void {
  node.voteTransfer = transfer;
  node.askedAt = node.now;
  for (const id of node.members.otherVoters) requestVote(node, id);
}

/** Asks one member for its vote in the running attempt. */
export function requestVote(node: NodeState, to: NodeId): void {
  const { id: from, lastIndex, lastTerm, term, voteTransfer: transfer } = node;
  if (node.role === 'pre-candidate') {
    node.messages.push({ type: 'pre-vote', from, to, term: term + 1, lastIndex, lastTerm, transfer });
  } else if (node.role === 'candidate') {
    node.later.push({ type: node.voteKind, from, to, term, lastIndex, lastTerm, transfer });
  }
}

/** Voters whose hello is still awaited by a node that cannot stand alone (for people). */
export function waitsFor(node: NodeState): NodeId[] {
  if (node.leader !== undefined || !node.inDoubt) return [];
  return node.members.otherVoters.filter((id) => !node.peers.get(id)?.connected && !node.givenUp.has(id));
}

/**
 * A peer connected and no leader was heard since the start: do not sit out an election timeout once there can be a winner. In a doubt
 * election, which everybody must vote for, only the best log is in a hurry (of equals the smallest id), so that two do not collide.
 */
export function coldStart(node: NodeState): void {
  if (node.heardLeaderSinceStart || node.role === 'candidate' || !node.mayStand) return;
  if (mayCallDoubtElection(node)) {
    if (connectedVoters(node).some((peer) => isBetter(peer, node))) return;
    node.preVoteFailed = true;
  } else {
    const self = node.members.isSelfVoter ? 1 : 0;
    if (node.inDoubt || self + connectedVoters(node).length < node.members.majority) return;
  }
  hurry(node, 'cold start');
}

function connectedVoters(node: NodeState): Progress[] {
  return node.peerList.filter((peer) => peer.connected && node.members.isVoter(peer.id));
}

function isBetter(peer: Progress, node: NodeState): boolean {
  if (peer.helloLastTerm !== node.lastTerm) return peer.helloLastTerm > node.lastTerm;
  if (peer.helloLastIndex !== node.lastIndex) return peer.helloLastIndex > node.lastIndex;
  return peer.id < node.id;
}

/**
 * The connection to the leader closed, and one reconnect failed: forget the leader, so that this node may grant, and campaign in a few
 * ticks; at most once per election timeout (safety rule 4).
 */
export function closedByPeer(node: NodeState, id: NodeId): void {
  if (node.role === 'leader' || id !== node.leader) return;
  node.leaderClosed++;
  if (node.leaderClosed < 2) return;
  setLeader(node, undefined, `connection to leader ${id} closed`);
  if (node.now - node.fastCampaignAt < node.config.electionTicks) return;
  node.fastCampaignAt = node.now;
  hurry(node, `connection to leader ${id} closed`);
}

/** Answers a pre-vote, vote or doubt-vote, in any role. */
export function handleVoteRequest(node: NodeState, request: VoteRequest): void {
  if (request.type === 'pre-vote') {
    reply(node, request, request.term > node.term && grantsPreVote(node, request));
    return;
  }
  if (request.term < node.term) {
    reply(node, request, false);
    return;
  }
  let ended: string | undefined;
  if (request.term > node.term) {
    const wasLeaderless = node.leader === undefined;
    // While a leader is heard, a candidate that cannot hear it must not push the term up (thesis 4.2.3).
    if (!request.transfer && node.hearsLeader()) return;
    // A request alone does not postpone the own attempt: a candidate that cannot win must not starve one that can.
    const { electionDeadline, roleReason } = node;
    if (openRound(node)) ended = roleReason;
    becomeFollower(node, request.term, undefined, `higher term ${request.term} from ${request.from}`);
    if (wasLeaderless) node.electionDeadline = electionDeadline;
  }
  const granted = (node.vote === '' || node.vote === request.from) && mayVoteFor(node, request);
  if (granted) {
    if (node.vote !== request.from) node.castVote(request.from, request.type === 'vote' ? 'vote' : 'doubt-vote');
    node.electionDeadline = node.drawTimeout();
  } else if (ended !== undefined) {
    retrySoon(node, ended);
  }
  if (!granted && request.type === 'doubt-vote' && !isUpToDate(node, request)) node.isBetterVoter = true;
  reply(node, request, granted);
}

function grantsPreVote(node: NodeState, request: VoteRequest): boolean {
  if (!request.transfer && node.hearsLeader()) return false;
  if (!mayVoteFor(node, request)) return false;
  // Two pre-candidates of one moment with equal logs would split the vote: the smaller id goes first.
  // After a lost round the moment is as long as they may take to hear of each other.
  const momentTicks = node.lostRounds === 0 ? 1 : node.config.heartbeatTicks;
  const rival = node.role === 'pre-candidate' && node.now - node.preVoteAt <= momentTicks && node.id < request.from;
  return !(rival && request.lastTerm === node.lastTerm && request.lastIndex === node.lastIndex);
}

function mayVoteFor(node: NodeState, request: VoteRequest): boolean {
  // An entry of that term proves that it has had its leader, whatever a member in doubt has forgotten.
  if (request.term <= node.lastTerm) return false;
  if (request.type === 'doubt-vote') {
    // Before a group's first entry nothing but the configuration tells who founds it. (Later a vote asks nobody whether he is a member: thesis 4.1.)
    const isFounding = node.lastIndex === 0 && request.lastIndex === 0;
    if (isFounding && !(node.members.isVoter(request.from) && node.members.isSelfVoter)) return false;
    // A fresh store helps to elect, and is elected, only among empty ones.
    const fresh = node.fresh || node.peers.get(request.from)?.fresh === true;
    if (fresh && (node.lastIndex > 0 || request.lastIndex > 0)) return false;
  } else if (node.inDoubt) {
    return false;
  }
  return isUpToDate(node, request);
}

/** Is the log of who asks at least as good as the own one (thesis 3.6.1)? */
function isUpToDate(node: NodeState, { lastTerm, lastIndex }: VoteRequest): boolean {
  if (lastTerm !== node.lastTerm) return lastTerm > node.lastTerm;
  return lastIndex >= node.lastIndex;
}

const replyTypes = {
  'pre-vote': 'pre-vote-reply',
  vote: 'vote-reply',
  'doubt-vote': 'doubt-vote-reply',
} as const satisfies Record<VoteRequest['type'], VoteReply['type']>;

function reply(node: NodeState, request: VoteRequest, granted: boolean): void {
  const term = granted ? request.term : node.term;
  const { id: from, inDoubt, fresh } = node;
  node.later.push({ type: replyTypes[request.type], from, to: request.from, term, granted, inDoubt, fresh });
}
