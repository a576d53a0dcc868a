import * as real from '../../../raft/core/leader.ts';
import type { NodeState } from '../../../raft/core/node-state.ts';
import type { Progress } from '../../../raft/core/progress.ts';

export * from '../../../raft/core/leader.ts';

export function greetPeer(node: NodeState, peer: Progress): void {
  const { match, synced } = peer;
  real.greetPeer(node, peer);
  peer.match = match;
  peer.synced = synced;
}
