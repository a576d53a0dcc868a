import type { PlantedBug } from '../planted-bug.ts';

export const readsPutOffQuorum: PlantedBug = {
  name: 'reads-put-off-quorum',
  breaks: 'A leader that is asked for fresh reads all the time never looks whether a majority still answers.',
  source: 'thesis 6.2; our own, until a review found it',
  replaces: 'raft/core/leader.ts',
  foundBy: ['checker availability'],
};
