import type { PlantedBug } from '../planted-bug.ts';

export const unmatchedCommitted: PlantedBug = {
  name: 'unmatched-committed',
  breaks:
    "A follower takes the leader's commit index as far as its own log reaches, also where that may differ from the leader's.",
  source: 'thesis 3.5, AppendEntries rule 5',
  replaces: 'raft/core/follower.ts',
  foundBy: ['committed-prefix', 'no-self-stop'],
};
