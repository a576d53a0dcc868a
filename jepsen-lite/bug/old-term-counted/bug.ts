import type { PlantedBug } from '../planted-bug.ts';

export const oldTermCounted: PlantedBug = {
  name: 'old-term-counted',
  breaks: 'A leader commits entries of older terms by counting who has them.',
  source: 'thesis 3.6.2, figure 3.7; LogCabin 44',
  replaces: 'raft/core/replication.ts',
  foundBy: ['commit-own-term', 'committed-prefix', 'leader-completeness'],
};
