import type { PlantedBug } from '../planted-bug.ts';

export const electsOutOfSync: PlantedBug = {
  name: 'elects-out-of-sync',
  mode: 'controller',
  breaks:
    'Where unclean elections are allowed a broker that is not in sync is elected, though one that is in sync is alive.',
  source: 'cluster/controller/README.md, "Elections as in RocketMQ"; README.md, row 27',
  replaces: 'cluster/controller/state/elect-master.ts',
  foundBy: ['unclean-election'],
};
