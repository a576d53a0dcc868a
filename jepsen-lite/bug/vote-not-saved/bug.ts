import type { PlantedBug } from '../planted-bug.ts';

export const voteNotSaved: PlantedBug = {
  name: 'vote-not-saved',
  breaks: 'The term is saved, but not for whom the member voted in it.',
  source: 'README.md, promise 3; thesis 3.8',
  replaces: 'cluster/raft-storage/hard-state.ts',
  foundBy: ['durable-vote', 'one-vote', 'election-safety'],
};
