import type { PlantedBug } from '../planted-bug.ts';

export const readWithoutRound: PlantedBug = {
  name: 'read-without-round',
  breaks: 'A leader answers fresh reads without asking a majority whether it still leads.',
  source: 'thesis 6.4; tikv 10011',
  replaces: 'raft/core/read-index.ts',
  foundBy: ['fresh-offset', 'no-false-correction', 'checker real-time-order'],
};
