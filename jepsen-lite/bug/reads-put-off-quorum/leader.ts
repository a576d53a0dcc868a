import * as real from '../../../raft/core/leader.ts';
import type { NodeState } from '../../../raft/core/node-state.ts';

export * from '../../../raft/core/leader.ts';

/** A round of reads counts as the heartbeat before which the leader would have asked for its quorum. */
export function broadcastHeartbeat(node: NodeState): void {
  real.broadcastHeartbeat(node);
  node.heartbeatAt = node.now;
}
