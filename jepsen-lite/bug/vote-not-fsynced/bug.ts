import type { PlantedBug } from '../planted-bug.ts';

export const voteNotFsynced: PlantedBug = {
  name: 'vote-not-fsynced',
  breaks: 'Term and vote are written, but not fsynced: a power failure forgets them.',
  source: 'README.md, promise 3; dledger string2File',
  replaces: 'cluster/raft-storage/hard-state.ts',
  foundBy: ['one-vote', 'election-safety', 'durable-vote'],
};
