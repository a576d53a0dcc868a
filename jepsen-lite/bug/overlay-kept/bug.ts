import type { PlantedBug } from '../planted-bug.ts';

export const overlayKept: PlantedBug = {
  name: 'overlay-kept',
  breaks: 'A leader that steps down keeps the queue offsets that it gave to messages which were never committed.',
  source: 'raft/SAFETY.md 5',
  replaces: 'src/store/queue-offset-table.ts',
  foundBy: ['queue-offsets', 'same-state'],
};
