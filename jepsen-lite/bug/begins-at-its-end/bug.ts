import type { PlantedBug } from '../planted-bug.ts';

export const beginsAtItsEnd: PlantedBug = {
  name: 'begins-at-its-end',
  breaks: 'Queues are said to begin at their ends: who reads from the first message on reads nothing.',
  source: 'README.md, promise 1',
  replaces: 'src/broker/processor/get-min-offset.ts',
  foundBy: ['removed-by-retention'],
};
