import type { PlantedBug } from '../planted-bug.ts';

export const slowElections: PlantedBug = {
  name: 'slow-elections',
  breaks: 'Members wait four times as long as they are told to before they take a silent leader for gone.',
  source: 'README.md, promise of recovery; faults.md, section 1: T',
  replaces: 'raft/driver/replica-config.ts',
  foundBy: ['checker availability'],
};
