import type { NodeState } from './node-state.ts';
import type { NodeId } from './types.ts';

/** What is known of a voter, by its own words. */
interface Voter {
  readonly id: NodeId;
  /** This node itself, or connected: its marks are of now. */
  readonly isHere: boolean;
  readonly inDoubt: boolean;
  readonly fresh: boolean;
  readonly lastIndex: number;
}

/** A member in doubt lets so many election timeouts pass in which nobody who is free of doubt hears a leader, or has a better log. */
const QUIET_ROUNDS = 2;

/**
 * The voters whose votes a doubt election needs now, of each of them; none: it is not open (safety rule 2). It is open while those who are free of doubt cannot elect
 * anybody: fewer than a majority are known to be, or, as this node in doubt knows from their answers, they have not for a while, though none of them has a better log
 * (by the sets in their logs they may need others). It needs all voters of the set in force here but those whom an operator gave up; those who are left must be
 * a majority, so that two such elections share a voter. A fresh store (it may be a wiped member) takes part only if all are empty. `bootstrapWithMajority` waives who is
 * absent, and who is fresh where the founder's entry stands, while nobody present was ever made whole. Who calls it need be no voter itself (`NodeState.mayStand`).
 */
export function doubtVoters(node: NodeState): readonly NodeId[] {
  const { majority, isSelfVoter } = node.members;
  const left = node.members.voters.filter((id) => !node.givenUp.has(id)).map((id) => voterOf(node, id));
  const here = left.filter(({ isHere }) => isHere);
  const free = here.filter(({ inDoubt }) => !inDoubt);
  const longest = Math.max(0, ...here.map(({ lastIndex }) => lastIndex));
  const isFounding = node.config.bootstrapWithMajority && free.length === 0 && longest <= 1;
  const needed = isFounding ? here.filter(({ fresh }) => !fresh || longest === 0) : left;
  const isNeeded = needed.some(({ id }) => id === node.id) || !isSelfVoter;
  const isWinnable = free.length >= majority && node.quietRounds < QUIET_ROUNDS;
  const isOpen = !isWinnable && isNeeded && needed.length >= majority;
  const mayBeWiped = longest > 0 && needed.some(({ isHere, fresh }) => isHere && fresh);
  return isOpen && !mayBeWiped ? needed.map(({ id }) => id) : [];
}

/** An attempt begins: what was answered since the last one counts. */
export function endRound(node: NodeState): void {
  const free = node.members.otherVoters.map((id) => node.peerOf(id)).filter((peer) => peer.connected && peer.isWhole);
  const isQuiet = node.inDoubt && free.length > 0 && free.every(({ id }) => node.granted.has(id));
  node.quietRounds = isQuiet ? node.quietRounds + 1 : 0;
  node.granted.clear();
}

/** May this node call a doubt election now? It must be in touch with all whose votes that needs. */
export function mayCallDoubtElection(node: NodeState): boolean {
  const voters = doubtVoters(node);
  return voters.length > 0 && voters.every((id) => voterOf(node, id).isHere);
}

function voterOf(node: NodeState, id: NodeId): Voter {
  if (id === node.id) {
    const { inDoubt, fresh, lastIndex } = node;
    return { id, isHere: true, inDoubt, fresh, lastIndex };
  }
  const { connected, isWhole, fresh, helloLastIndex } = node.peerOf(id);
  return { id, isHere: connected, inDoubt: !isWhole, fresh, lastIndex: helloLastIndex };
}
