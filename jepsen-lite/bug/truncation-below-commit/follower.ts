import * as real from '../../../raft/core/follower.ts';
import type { NodeState } from '../../../raft/core/node-state.ts';
import type { AppendRequest, Message } from '../../../raft/core/types.ts';

export * from '../../../raft/core/follower.ts';

export function stepFollower(node: NodeState, message: Message): void {
  if (message.type === 'append') cutBehind(node, message);
  real.stepFollower(node, message);
}

function cutBehind(node: NodeState, { prevIndex, prevTerm, entries }: AppendRequest): void {
  const from = (entries?.last ?? prevIndex) + 1;
  if (from > node.lastIndex || node.runs.termAt(prevIndex) !== prevTerm) return;
  node.runs.truncate(from);
  node.members.truncate(from);
  node.durable.truncate(from);
  node.writes.push({ kind: 'truncate', from });
}
