import type { PlantedBug } from '../planted-bug.ts';

export const beginningWithoutQueues: PlantedBug = {
  name: 'beginning-without-queues',
  mode: 'controller',
  breaks:
    'A slave whose log begins late does not learn the next offsets of queues whose messages its master has deleted.',
  source: 'cluster/ha/README.md, "A slave with an empty store begins …"; README.md, row 33',
  replaces: 'cluster/ha/beginning.ts',
  foundBy: ['same-state', 'queue-offsets'],
};
