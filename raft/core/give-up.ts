import { tallyVotes } from './candidate.ts';
import { coldStart } from './election.ts';
import type { NodeState } from './node-state.ts';
import type { Progress } from './progress.ts';
import type { NodeId } from './types.ts';

/**
 * An operator says that a voter is lost, with all that it alone held: doubt elections do without it until a leader is known, it is back with a store, or this
 * process ends (safety rule 2). A sentence says why not. Those who are left must be a majority, so that two such elections share a voter.
 */
export function giveUp(node: NodeState, id: NodeId): string | undefined {
  const { members, givenUp, leader } = node;
  if (id === node.id || !members.isVoter(id)) return `${id} is no other voter of this group`;
  if (!node.mayStand) return `${node.id} is no voter itself: those who are must be told`;
  if (leader !== undefined) return `${leader} leads: remove ${id} from the group instead`;
  const peer = node.peers.get(id);
  if (peer?.connected && !peer.fresh) return `${id} is connected`;
  const left = members.voters.filter((voter) => voter !== id && !givenUp.has(voter)).length;
  if (left < members.majority)
    return `of the ${members.voters.length} voters only ${left} would be left, and ${members.majority} decide`;
  givenUp.add(id);
  tallyVotes(node);
  coldStart(node);
  return undefined;
}

/** What a voter says of itself has changed: one that has a store is not lost. */
export function takeBack(node: NodeState, { id, connected, fresh }: Progress): void {
  if (connected && !fresh) node.givenUp.delete(id);
}
