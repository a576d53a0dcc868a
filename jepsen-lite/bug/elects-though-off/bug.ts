import type { PlantedBug } from '../planted-bug.ts';

export const electsThoughOff: PlantedBug = {
  name: 'elects-though-off',
  mode: 'controller',
  breaks:
    'Where nobody in sync is alive somebody else is elected, though neither enableElectUncleanMaster nor people allow it.',
  source: 'cluster/controller/README.md, "Elections as in RocketMQ"; README.md, row 27',
  replaces: 'cluster/controller/state/elect-master.ts',
  foundBy: ['unclean-election'],
};
