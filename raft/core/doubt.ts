import type { NodeState } from './node-state.ts';
import type { Progress } from './progress.ts';

/**
 * Leader: has a member in doubt been made whole (safety rule 2)? Its fsynced log must reach an entry of this term that was proposed
 * after its hello and is committed; commits do not count it, so that entry was committed without it. Where a doubt election was won,
 * the first entry of the term ends the doubt of each voter that holds it.
 */
export function checkDoubt(node: NodeState, peer: Progress): void {
  if (!peer.inDoubt || node.doubtPhase) return;
  const proven = Math.min(peer.synced, node.commit);
  if (proven >= peer.doubtBarrier) {
    peer.inDoubt = false;
    remindDoubt(node, peer);
  } else if (
    node.leaderReady &&
    !node.transfer &&
    node.lastIndex < peer.doubtBarrier &&
    peer.synced >= node.lastIndex
  ) {
    // Caught up, and nobody proposes anything: propose the fresh entry ourselves.
    node.noopWanted = true;
  }
}

/** Tells a member that its doubt is over, until it says so itself. */
export function remindDoubt(node: NodeState, peer: Progress): void {
  if (peer.inDoubt) {
    checkDoubt(node, peer);
    return;
  }
  const index = Math.min(peer.synced, node.commit);
  if (!peer.saysDoubt || index < peer.doubtBarrier) return;
  node.messages.push({ type: 'doubt-end', from: node.id, to: peer.id, term: node.term, index });
}

/**
 * Leader elected in doubt: its own doubt ends when the first entry of its term is committed and fsynced here. (It may be committed by
 * others while the own disk is full: then this node still holds nothing, and its own log counts for nothing.)
 */
export function endOwnDoubt(node: NodeState): void {
  if (node.inDoubt && !node.doubtPhase && node.durable.synced >= node.firstOwnIndex) node.endDoubt();
}

/**
 * The end of this node's doubt is durable: only now it counts, and says so. If its process ended before, it would be in doubt again, and grant no vote to whoever has an
 * entry that was committed by its acknowledgement.
 */
export function doubtSaved(node: NodeState): void {
  node.doubtEnding = false;
  node.inDoubt = false;
  node.fresh = false;
  node.ackDue = node.role === 'follower' && node.leader !== undefined;
}
