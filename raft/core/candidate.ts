import { doubtVoters, mayCallDoubtElection } from './doubt-election.ts';
import { hurry, requestVote, startVote } from './election.ts';
import { becomeFollower, stepFollower } from './follower.ts';
import { becomeLeader } from './leader.ts';
import type { NodeState } from './node-state.ts';
import type { Progress } from './progress.ts';
import type { Message, VoteReply } from './types.ts';

/** Pre-candidates and candidates. */
export function stepCandidate(node: NodeState, message: Message): void {
  switch (message.type) {
    case 'append':
    case 'heartbeat':
      becomeFollower(node, node.term, message.from, `${message.from} leads this term`);
      stepFollower(node, message);
      break;
    case 'pre-vote-reply':
    case 'vote-reply':
    case 'doubt-vote-reply':
      stepVoteReply(node, message);
      break;
    default:
  }
}

function stepVoteReply(node: NodeState, reply: VoteReply): void {
  if (node.role === 'pre-candidate') {
    if (reply.type !== 'pre-vote-reply' || (reply.granted && reply.term !== node.term + 1)) return;
  } else if (reply.type !== `${node.voteKind}-reply`) {
    return;
  }
  const counts = !reply.inDoubt || reply.type === 'doubt-vote-reply';
  node.votes.set(reply.from, reply.granted && counts);
  tallyVotes(node);
}

/** Is an ordinary attempt running? A doubt election, which needs all and has no pre-vote, is not repeated before its time. */
export function openRound(node: NodeState): boolean {
  return node.role === 'pre-candidate' || (node.role === 'candidate' && node.voteKind !== 'doubt-vote');
}

/** Has the running attempt been won or lost? */
export function tallyVotes(node: NodeState): void {
  if (openRound(node)) tallyRound(node);
  else if (node.role === 'candidate') tallyDoubtElection(node);
}

/** An ordinary attempt needs a majority. Lost is one that was refused, and that those who can still answer cannot save. */
function tallyRound(node: NodeState): void {
  let granted = 0;
  let refused = 0;
  let awaited = 0;
  for (const id of node.members.voters) {
    const vote = node.votes.get(id);
    if (vote === true) granted++;
    else if (vote === false) refused++;
    else if (id === node.id || node.peers.get(id)?.connected) awaited++;
  }
  const needed = node.members.majority;
  if (granted >= needed) {
    if (node.role === 'pre-candidate') startVote(node, 'vote', false, node.roleReason);
    else if (node.votes.has(node.id)) becomeLeader(node);
  } else if (refused > 0 && granted + awaited < needed) {
    loseRound(node, node.term, `${node.role === 'candidate' ? 'election' : 'pre-vote'} lost`);
  }
}

/** A doubt election needs those who are needed now, not when it began: a voter that was given up may be back, a majority be free of doubt. */
function tallyDoubtElection(node: NodeState): void {
  const { votes } = node;
  const voters = doubtVoters(node);
  if (voters.length === 0) loseRound(node, node.term, 'a doubt election is open no more');
  else if (voters.some((id) => votes.get(id) === false)) loseRound(node, node.term, 'election lost');
  else if (voters.every((id) => votes.get(id))) becomeLeader(node);
}

/** The running attempt has failed. */
export function loseRound(node: NodeState, term: number, outcome: string): void {
  const { electionDeadline, roleReason } = node;
  const ordinary = openRound(node);
  becomeFollower(node, term, undefined, outcome);
  node.electionDeadline = electionDeadline;
  if (ordinary) retrySoon(node, roleReason);
}

/**
 * Back to the pre-vote after a short random wait instead of the rest of the election timeout: a vote that was split, or refused by one
 * that has not yet missed the leader, is not worth more. Each failure doubles the bounds, so that rivals part and a group that has a leader
 * is soon asked no more often than without this.
 */
export function retrySoon(node: NodeState, reason: string): void {
  // A doubt election has no pre-vote, and its time has not come.
  if (node.inDoubt || mayCallDoubtElection(node)) return;
  const again = ', again';
  const scale = 2 ** Math.min(node.lostRounds++, 10);
  if (hurry(node, reason.endsWith(again) ? reason : reason + again, scale)) node.preVoteFailed = false;
}

/** A request or its answer may have been lost: repeats it every heartbeat interval. It changes nothing at a voter that has answered. */
export function repeatRequests(node: NodeState): void {
  if (node.role === 'follower' || node.now - node.askedAt < node.config.heartbeatTicks) return;
  node.askedAt = node.now;
  for (const peer of node.peerList) repeatRequest(node, peer);
}

/** Asks a voter again that has not answered in the running attempt; before the own vote is fsynced nobody has been asked. */
export function repeatRequest(node: NodeState, peer: Progress): void {
  if (node.ownVoteUnsaved || !peer.connected || !node.members.isVoter(peer.id) || node.votes.has(peer.id)) return;
  requestVote(node, peer.id);
}
