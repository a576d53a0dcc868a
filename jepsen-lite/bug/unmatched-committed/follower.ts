import * as real from '../../../raft/core/follower.ts';
import type { NodeState } from '../../../raft/core/node-state.ts';
import type { Message } from '../../../raft/core/types.ts';

export * from '../../../raft/core/follower.ts';

export function stepFollower(node: NodeState, message: Message): void {
  real.stepFollower(node, message);
  if (message.type === 'append') node.commit = Math.max(node.commit, Math.min(message.commit, node.lastIndex));
}
