import type { PlantedBug } from '../planted-bug.ts';

export const refusedThoughAppended: PlantedBug = {
  name: 'refused-though-appended',
  breaks: 'A send that was appended and has no verdict is answered with code 14, which means "certainly not appended".',
  source: 'README.md, promise 6; raft/SAFETY.md 6',
  replaces: 'src/broker/send/pending-send.ts',
  foundBy: ['checker log', 'checker total-queue'],
};
