import type { NodeState } from '../../../raft/core/node-state.ts';

export * from '../../../raft/core/read-index.ts';

/** Releases all reads whose round has begun. */
export function confirmReads(node: NodeState): void {
  while (node.reads.oldestRound() !== undefined) node.reads.release();
}
