import type { PlantedBug } from '../planted-bug.ts';

export const fsyncErrorIgnored: PlantedBug = {
  name: 'fsync-error-ignored',
  breaks: 'A failed fsync of the log is taken for a success.',
  source: 'raft/SAFETY.md 3; "fsyncgate"; rostam 94',
  replaces: 'src/log/log-writer.ts',
  foundBy: ['stops-after-failed-fsync'],
};
