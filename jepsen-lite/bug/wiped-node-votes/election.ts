import * as real from '../../../raft/core/election.ts';
import type { NodeState } from '../../../raft/core/node-state.ts';
import type { VoteRequest } from '../../../raft/core/types.ts';

export * from '../../../raft/core/election.ts';

/** Whoever asks has a log, so the group was founded long ago, and all is well. */
export function handleVoteRequest(node: NodeState, request: VoteRequest): void {
  if (request.type !== 'doubt-vote' && request.lastIndex > 0) {
    node.inDoubt = false;
    node.fresh = false;
  }
  real.handleVoteRequest(node, request);
}
