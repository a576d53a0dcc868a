import type { PlantedBug } from '../planted-bug.ts';

export const truncationBelowCommit: PlantedBug = {
  name: 'truncation-below-commit',
  breaks:
    'Every append cuts what a follower has behind its last entry: a late or repeated one takes committed entries away.',
  source: 'thesis 3.5, AppendEntries rule 3; hashicorp/raft PR 113',
  replaces: 'raft/core/follower.ts',
  foundBy: ['committed-prefix', 'no-self-stop'],
};
