import type { PlantedBug } from '../planted-bug.ts';

export const shortWriteIgnored: PlantedBug = {
  name: 'short-write-ignored',
  breaks: 'A write that took only a part of its bytes is taken for whole.',
  source: 'POSIX write(2): a full disk first shows as a short write; raft/SAFETY.md 3',
  replaces: 'src/platform/write-all.ts',
  foundBy: ['written-is-there', 'no-self-stop', 'same-bytes'],
};
