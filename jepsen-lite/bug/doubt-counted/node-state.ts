import { NodeState as Real } from '../../../raft/core/node-state.ts';
import type { Progress } from '../../../raft/core/progress.ts';

export type { CoreConfig, CoreStart, EntrySource, VoteKind } from '../../../raft/core/node-state.ts';

export class NodeState extends Real {
  override counted(peer: Progress): boolean {
    return this.members.isVoter(peer.id);
  }
}
