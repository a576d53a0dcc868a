import type { PlantedBug } from '../planted-bug.ts';

export const oldMasterNotFenced: PlantedBug = {
  name: 'old-master-not-fenced',
  mode: 'controller',
  breaks: 'A master that loses the connection to a slave counts it out at once, without asking the controllers.',
  source: 'raft/SAFETY.md 10; README.md, rows 2 and 27',
  replaces: 'cluster/ha/sync-state-tracker.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix'],
};
