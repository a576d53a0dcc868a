import { checkDoubt, remindDoubt } from './doubt.ts';
import { becomeFollower, setLeader } from './follower.ts';
import type { NodeState } from './node-state.ts';
import type { Progress } from './progress.ts';
import { confirmReads } from './read-index.ts';
import { advanceCommit, checkInflight, firstGuess, stepAppendReply } from './replication.ts';
import type { Message } from './types.ts';

/** The election is won: the first thing is an entry of the own term, since only by one of those anything is committed (thesis 3.6.2). */
export function becomeLeader(node: NodeState): void {
  node.wonInDoubt = node.voteKind === 'doubt-vote';
  node.doubtPhase = node.wonInDoubt;
  node.role = 'leader';
  node.leaderReady = false;
  node.firstOwnIndex = node.lastIndex + 1;
  node.noopWanted = true;
  node.appendsDue = true;
  setLeader(node, node.id, node.roleReason);
  for (const peer of node.peerList) {
    peer.reset(firstGuess(node, peer), node.sequence + 1, node.round + 1);
    peer.heardAt = node.now;
    peer.doubtBarrier = node.firstOwnIndex;
    peer.participant = node.doubtPhase && node.votes.get(peer.id) === true;
  }
  regularHeartbeat(node);
}

/** A peer (re)connected: what it had before may be lost; nothing counts until it says so again. */
export function greetPeer(node: NodeState, peer: Progress): void {
  peer.reset(firstGuess(node, peer), node.sequence + 1, node.round + 1);
  peer.heardAt = node.now;
  peer.doubtBarrier = Math.max(node.firstOwnIndex, node.lastIndex + 1);
  node.appendsDue = true;
  heartbeat(node, peer);
}

export function tickLeader(node: NodeState): void {
  if (node.now - node.heartbeatAt < node.config.heartbeatTicks) {
    // A commit that no append carries any more reaches the followers with the next tick.
    for (const peer of node.peerList) {
      if (peer.connected && peer.sentCommit < Math.min(peer.match, node.commit)) heartbeat(node, peer);
    }
    return;
  }
  if (hasQuorum(node)) regularHeartbeat(node);
  else becomeFollower(node, node.term, undefined, 'no majority was heard for an election timeout');
}

/** Rounds of reads come besides: if they took the place of one of these, a leader with many reads would never ask for its quorum. */
function regularHeartbeat(node: NodeState): void {
  node.heartbeatAt = node.now;
  node.commitAtHeartbeat = node.commit;
  broadcastHeartbeat(node);
}

/** Check-quorum (thesis 6.2). Who voted in this leader's doubt election, and has not restarted since, is heard also while the end of its doubt is on its way to the disk. */
function hasQuorum(node: NodeState): boolean {
  let heard = node.members.isSelfVoter && (!node.inDoubt || node.wonInDoubt) ? 1 : 0;
  for (const peer of node.peerList) {
    const counts = node.members.isVoter(peer.id) && (peer.isWhole || peer.participant);
    if (counts && node.now - peer.heardAt < node.config.electionTicks) heard++;
  }
  return heard >= node.members.majority;
}

/** Starts a round: the answers of a majority prove that this node still leads. */
export function broadcastHeartbeat(node: NodeState): void {
  node.round++;
  if (node.newReads > 0) {
    node.newReads = 0;
    node.reads.seal(node.round, node.commit);
  }
  for (const peer of node.peerList) heartbeat(node, peer);
  confirmReads(node);
}

/** One heartbeat of the present round. */
export function heartbeat(node: NodeState, peer: Progress): void {
  const commit = Math.min(peer.match, node.commit);
  peer.sentCommit = Math.max(peer.sentCommit, commit);
  const { id: from, term, round } = node;
  node.messages.push({ type: 'heartbeat', from, to: peer.id, term, commit, round });
}

/** A member says that its doubt is over: what it acknowledged before may complete a majority now. */
function countAgain(node: NodeState, peer: Progress): void {
  const { saysDoubt } = peer;
  peer.outOfDoubt();
  if (saysDoubt) advanceCommit(node);
}

export function stepLeader(node: NodeState, message: Message, peer: Progress): void {
  if (message.type === 'append-reply') {
    peer.heardAt = node.now;
    if (message.sequence < peer.resetSequence) return;
    if (!message.inDoubt) countAgain(node, peer);
    stepAppendReply(node, peer, message);
    checkDoubt(node, peer);
  } else if (message.type === 'heartbeat-reply') {
    peer.heardAt = node.now;
    if (message.round < peer.resetRound) return;
    peer.confirmedRound = Math.max(peer.confirmedRound, message.round);
    if (!message.inDoubt) countAgain(node, peer);
    peer.unwell = message.unwell;
    confirmReads(node);
    checkInflight(node, peer);
    remindDoubt(node, peer);
  }
}
