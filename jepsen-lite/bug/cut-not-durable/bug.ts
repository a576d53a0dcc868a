import type { PlantedBug } from '../planted-bug.ts';

export const cutNotDurable: PlantedBug = {
  name: 'cut-not-durable',
  mode: 'controller',
  breaks: 'A slave that cuts its log goes on, and forgets its note of the cut, before the cut is on the disk.',
  source: 'raft/SAFETY.md 3; cluster/ha/README.md',
  replaces: 'cluster/ha/epoch-agreement.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix', 'liveness', 'no-self-stop'],
};
