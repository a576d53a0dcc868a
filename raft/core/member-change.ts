import { becomeFollower } from './follower.ts';
import { greetPeer, heartbeat } from './leader.ts';
import { majorityOf } from './membership.ts';
import type { NodeState } from './node-state.ts';
import { peerStatus } from './peer-status.ts';
import type { Progress } from './progress.ts';
import { advanceCommit, firstGuess } from './replication.ts';
import { takeoverProblem } from './takeover-problem.ts';
import type { MemberChange, MemberSet, NodeId } from './types.ts';

/**
 * Leader: the set that a change makes of the present one, or why it may not be proposed now. One member at a time, so that majorities of
 * neighbouring sets overlap (thesis 4.1), and only when an entry of the own term and the change before are committed.
 */
export function changedSet(node: NodeState, change: MemberChange): MemberSet | string {
  if (node.role !== 'leader') return 'not the leader';
  if (!node.leaderReady) return 'the first entry of this term is not committed yet';
  if (node.transfer) return `a transfer to ${node.transfer.to} is running`;
  const { changedAt } = node.members;
  if (changedAt > node.commit) return `the change of entry ${changedAt} is not committed yet`;
  const refusal = refusalOf(node, change);
  if (refusal !== undefined) return refusal;
  const { voters, learners } = node.members;
  const without = (list: readonly NodeId[]) => list.filter((id) => id !== change.id);
  if (change.kind === 'add-learner') return { voters, learners: [...learners, change.id].sort() };
  if (change.kind === 'remove') return { voters: without(voters), learners: without(learners) };
  return { voters: [...voters, change.id].sort(), learners: without(learners) };
}

function refusalOf(node: NodeState, { kind, id }: MemberChange): string | undefined {
  const { members } = node;
  if (kind === 'add-learner') return members.has(id) ? `${id} is a member already` : undefined;
  if (kind === 'promote') {
    return notReadyToVote(node, id) ?? tooFewAtWork(node, [...members.voters, id]);
  }
  if (!members.has(id)) return `${id} is not a member`;
  if (members.isLearner(id)) return undefined;
  const left = members.voters.filter((voter) => voter !== id);
  return left.length === 0 ? `${id} is the last voter` : tooFewAtWork(node, left);
}

/** A learner votes only when it is whole and lacks no more than a heartbeat's worth of entries (thesis 4.2.1). */
function notReadyToVote(node: NodeState, id: NodeId): string | undefined {
  const peer = node.peers.get(id);
  if (!peer || !node.members.isLearner(id)) return `${id} is no learner`;
  if (!peer.connected) return `${id} is not connected`;
  if (!peer.isWhole) return `${id} may lack entries that it acknowledged`;
  if (peer.state === 'replicate' && peer.match >= node.commitAtHeartbeat) return undefined;
  return `${id} has not caught up: it lacks ${node.lastIndex - peer.match} entries`;
}

/** A change must not take the power to commit from the group. */
function tooFewAtWork(node: NodeState, voters: readonly NodeId[]): string | undefined {
  const atWork = voters.filter((id) => {
    if (id === node.id) return !node.inDoubt;
    const peer = node.peers.get(id);
    return peer?.connected && peer.isWhole && node.now - peer.heardAt < node.config.electionTicks;
  }).length;
  const needed = majorityOf(voters.length);
  return atWork >= needed
    ? undefined
    : `of the ${voters.length} voters then only ${atWork} would be at work, and ${needed} decide`;
}

/** Leader: entry `index` with this set is in the log, so it is in force. */
export function proposedMembers(node: NodeState, index: number, set: MemberSet): void {
  node.members.append({ ...set, index });
  for (const peer of node.membersChanged()) welcome(node, peer);
  // A smaller set may need fewer.
  advanceCommit(node);
}

function welcome(node: NodeState, peer: Progress): void {
  if (peer.connected) {
    greetPeer(node, peer);
    return;
  }
  peer.reset(firstGuess(node, peer), node.sequence + 1, node.round + 1);
  peer.heardAt = node.now;
}

/** The set without this leader, and the first entry of its term, are committed: its work is done (thesis 4.2.2). */
export function mustRetire({ role, members, firstOwnIndex, commit }: NodeState): boolean {
  return role === 'leader' && !members.isSelfVoter && Math.max(members.changedAt, firstOwnIndex) <= commit;
}

/** Tells all of the commit, asks who may take over and has everything, as nobody waits for who has not, and steps down. */
export function retire(node: NodeState): void {
  for (const peer of node.peerList) heartbeat(node, peer);
  const { id: from, term, lastIndex } = node;
  const heir = node.peerList.find((peer) => {
    return takeoverProblem(peerStatus(node, peer)) === undefined && peer.match === lastIndex;
  });
  if (heir) node.messages.push({ type: 'timeout-now', from, to: heir.id, term });
  becomeFollower(node, term, undefined, 'no longer a voter');
}
