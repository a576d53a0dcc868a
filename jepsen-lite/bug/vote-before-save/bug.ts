import type { PlantedBug } from '../planted-bug.ts';

export const voteBeforeSave: PlantedBug = {
  name: 'vote-before-save',
  breaks: 'A vote leaves before term and vote are on the disk.',
  source: 'README.md, promise 3; thesis 3.8',
  replaces: 'raft/driver/state-saver.ts',
  foundBy: ['durable-vote', 'one-vote', 'election-safety'],
};
