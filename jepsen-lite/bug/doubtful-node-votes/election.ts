import * as real from '../../../raft/core/election.ts';
import type { NodeState } from '../../../raft/core/node-state.ts';
import type { VoteRequest } from '../../../raft/core/types.ts';

export * from '../../../raft/core/election.ts';

export function handleVoteRequest(node: NodeState, request: VoteRequest): void {
  const { inDoubt } = node;
  node.inDoubt = false;
  real.handleVoteRequest(node, request);
  node.inDoubt = inDoubt;
}
