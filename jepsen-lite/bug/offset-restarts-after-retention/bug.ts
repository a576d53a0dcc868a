import type { PlantedBug } from '../planted-bug.ts';

export const offsetRestartsAfterRetention: PlantedBug = {
  name: 'offset-restarts-after-retention',
  breaks:
    'The next offset of a queue is that of its files: a queue whose messages retention has removed begins at 0 again.',
  source: 'raft/SAFETY.md 5',
  replaces: 'src/store/derived-files.ts',
  foundBy: ['queue-offsets', 'same-state'],
};
