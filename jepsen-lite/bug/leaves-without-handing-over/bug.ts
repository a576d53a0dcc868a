import type { PlantedBug } from '../planted-bug.ts';

export const leavesWithoutHandingOver: PlantedBug = {
  name: 'leaves-without-handing-over',
  breaks: 'A leader that is told to stop leaves without asking another member to take over.',
  source: 'raft/SAFETY.md 6; thesis 3.10',
  replaces: 'cluster/dledger/member-end.ts',
  foundBy: ['hands-over'],
};
