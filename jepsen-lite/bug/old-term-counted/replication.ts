import type { NodeState } from '../../../raft/core/node-state.ts';
import type { Progress } from '../../../raft/core/progress.ts';
import * as real from '../../../raft/core/replication.ts';
import type { AppendReply } from '../../../raft/core/types.ts';

export * from '../../../raft/core/replication.ts';

/** Takes every entry for one of the present term. */
export function advanceCommit(node: NodeState): void {
  const { runs } = node;
  const termAt = (index: number): number | undefined => (runs.termAt(index) === undefined ? undefined : node.term);
  const blind = { termAt };
  real.advanceCommit(new Proxy(node, { get: (target, key) => (key === 'runs' ? blind : Reflect.get(target, key)) }));
}

export function stepAppendReply(node: NodeState, peer: Progress, reply: AppendReply): void {
  real.stepAppendReply(node, peer, reply);
  if (node.role === 'leader') advanceCommit(node);
}
