import type { PlantedBug } from '../planted-bug.ts';

export const doubtForgotten: PlantedBug = {
  name: 'doubt-forgotten',
  breaks: 'A second restart on the new boot forgets that the first was in doubt.',
  source: 'raft/SAFETY.md 2',
  replaces: 'cluster/raft-storage/doubt.ts',
  foundBy: ['doubt-kept', 'leader-completeness', 'committed-prefix'],
};
