import type { PlantedBug } from '../planted-bug.ts';

export const doubtCounted: PlantedBug = {
  name: 'doubt-counted',
  breaks: 'A leader counts members in doubt for commits and for its own proof of leadership.',
  source: 'raft/SAFETY.md 2',
  replaces: 'raft/core/node-state.ts',
  foundBy: ['committed-by-majority', 'leader-completeness', 'committed-prefix'],
};
