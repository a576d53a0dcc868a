import type { PlantedBug } from '../planted-bug.ts';

export const batchInPieces: PlantedBug = {
  name: 'batch-in-pieces',
  breaks: 'Each message of a batch is an entry of its own, and the batch is answered when the last one is committed.',
  source: 'raft/SAFETY.md 1; stock DLedger writes one record per entry',
  replaces: 'src/store/commit-log.ts',
  foundBy: ['batch-whole'],
};
