import { type CoreConfig, type CoreStart, type EntrySource, NodeState as Real } from '../../../raft/core/node-state.ts';

export type { CoreConfig, CoreStart, EntrySource, VoteKind } from '../../../raft/core/node-state.ts';

/** Starts with the term alone. */
export class NodeState extends Real {
  constructor(config: CoreConfig, start: CoreStart, source: EntrySource) {
    super(config, { ...start, hardState: { ...start.hardState, vote: '' } }, source);
  }
}
