import type { NodeState } from './node-state.ts';
import type { Progress, ProgressState } from './progress.ts';
import type { NodeId } from './types.ts';

export interface PeerStatus {
  readonly id: NodeId;
  /** Else a learner. */
  readonly voter: boolean;
  readonly connected: boolean;
  readonly incarnation: number;
  /** It may lack entries that it acknowledged: not found whole yet, or it has not said itself that its doubt is over. */
  readonly inDoubt: boolean;
  /** Leader only: as the peer said last, it should not lead (slow disk, damaged log). */
  readonly unwell: boolean;
  /** Leader only, else 0: last index known to match, fsynced there, and how many entries it lacks. */
  readonly match: number;
  readonly synced: number;
  readonly lag: number;
  /** Leader only. */
  readonly state: ProgressState | undefined;
  /** Leader only: it answered within the shortest election timeout. */
  readonly heard: boolean;
}

/** What this node knows of another member, for status pages, and for who asks which one may lead. */
export function peerStatus(node: NodeState, peer: Progress): PeerStatus {
  const leads = node.role === 'leader';
  return {
    id: peer.id,
    voter: node.members.isVoter(peer.id),
    connected: peer.connected,
    incarnation: peer.incarnation,
    inDoubt: !peer.isWhole,
    unwell: leads && peer.unwell,
    match: leads ? peer.match : 0,
    synced: leads ? peer.synced : 0,
    lag: leads ? node.lastIndex - peer.match : 0,
    state: leads ? peer.state : undefined,
    heard: leads && peer.connected && node.now - peer.heardAt < node.config.electionTicks,
  };
}
