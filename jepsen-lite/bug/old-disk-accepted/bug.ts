import type { PlantedBug } from '../planted-bug.ts';

export const oldDiskAccepted: PlantedBug = {
  name: 'old-disk-accepted',
  breaks: 'A member whose disk was set back to an older state is greeted like any other.',
  source: 'raft/SAFETY.md 1',
  replaces: 'cluster/raft-storage/hello-check.ts',
  foundBy: ['old-disk-refused', 'leader-completeness', 'committed-prefix', 'one-vote'],
};
