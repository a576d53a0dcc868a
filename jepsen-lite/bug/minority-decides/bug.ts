import type { PlantedBug } from '../planted-bug.ts';

export const minorityDecides: PlantedBug = {
  name: 'minority-decides',
  breaks: 'Half of the members are taken for a majority.',
  source: 'thesis 3.4',
  replaces: 'raft/core/membership.ts',
  foundBy: ['election-safety', 'committed-by-majority', 'leader-completeness', 'committed-prefix'],
};
