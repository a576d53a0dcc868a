import type { PlantedBug } from '../planted-bug.ts';

export const offsetInMemory: PlantedBug = {
  name: 'offset-in-memory',
  breaks: 'A consumer offset is answered with success, and kept only in the memory of the leader.',
  source: 'README.md, promise 9; apache/rocketmq 9804',
  replaces: 'src/broker/offset/offset-batch.ts',
  foundBy: ['metadata-kept', 'fresh-offset'],
};
