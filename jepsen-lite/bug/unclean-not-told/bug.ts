import type { PlantedBug } from '../planted-bug.ts';

export const uncleanNotTold: PlantedBug = {
  name: 'unclean-not-told',
  mode: 'controller',
  breaks:
    'An unclean election passes for a clean one: nobody is told that messages may be lost, and brokers that have more cut it.',
  source: 'cluster/controller/README.md, "Elections as in RocketMQ"; README.md, row 27',
  replaces: 'cluster/controller/state/elect-master.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix'],
};
