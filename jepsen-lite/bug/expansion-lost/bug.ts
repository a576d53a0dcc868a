import type { PlantedBug } from '../planted-bug.ts';

export const expansionLost: PlantedBug = {
  name: 'expansion-lost',
  mode: 'controller',
  breaks:
    'A master requires the set that it was told last alone: of a bigger one whose reply is on its way, or lost, it knows nothing.',
  source: 'raft/SAFETY.md 10',
  replaces: 'cluster/ha/sync-state-tracker.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix'],
};
