import type { PlantedBug } from '../planted-bug.ts';

export const doubtfulNodeVotes: PlantedBug = {
  name: 'doubtful-node-votes',
  breaks: 'A member in doubt votes in ordinary elections as if it had forgotten nothing.',
  source: 'raft/SAFETY.md 2',
  replaces: 'raft/core/election.ts',
  foundBy: ['silent-in-doubt', 'one-vote', 'leader-completeness'],
};
