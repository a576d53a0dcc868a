import * as real from '../../../raft/core/election.ts';
import type { NodeState } from '../../../raft/core/node-state.ts';
import type { VoteRequest } from '../../../raft/core/types.ts';

export * from '../../../raft/core/election.ts';

/** Judges as if both logs ended in the same term. */
export function handleVoteRequest(node: NodeState, request: VoteRequest): void {
  real.handleVoteRequest(node, { ...request, lastTerm: node.lastTerm });
}
