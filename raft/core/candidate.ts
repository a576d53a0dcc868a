import { startVote, votesNeeded } from './election.ts';
import { becomeFollower, stepFollower } from './follower.ts';
import { becomeLeader } from './leader.ts';
import type { NodeState } from './node-state.ts';
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

/** Has the running attempt been won or lost? */
export function tallyVotes(node: NodeState): void {
  let granted = 0;
  let refused = 0;
  for (const [id, vote] of node.votes) {
    if (!node.members.isVoter(id)) continue;
    if (vote) granted++;
    else refused++;
  }
  const needed = votesNeeded(node);
  if (granted >= needed) {
    if (node.role === 'pre-candidate') startVote(node, 'vote', false, node.roleReason);
    else if (node.votes.has(node.id)) becomeLeader(node);
  } else if (node.members.voters.length - refused < needed) {
    const { electionDeadline } = node;
    becomeFollower(node, node.term, undefined, `${node.role === 'candidate' ? 'election' : 'pre-vote'} lost`);
    node.electionDeadline = electionDeadline;
  }
}
