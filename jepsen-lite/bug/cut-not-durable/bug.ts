import type { PlantedBug } from '../planted-bug.ts';

export const cutNotDurable: PlantedBug = {
  name: 'cut-not-durable',
  mode: 'controller',
  breaks: 'A slave that cuts its log forgets what it cut, but the files keep it: after a start it is there again.',
  source: 'raft/SAFETY.md 3; cluster/ha/README.md; row 22',
  replaces: 'src/log/log-writer.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix', 'liveness', 'no-self-stop'],
};
