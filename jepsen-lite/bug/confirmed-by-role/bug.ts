import type { PlantedBug } from '../planted-bug.ts';

export const confirmedByRole: PlantedBug = {
  name: 'confirmed-by-role',
  mode: 'controller',
  breaks: 'A broker whose role changes takes for confirmed what the new role knows of, though it has shown more.',
  source: 'raft/SAFETY.md 10; cluster/ha/README.md',
  replaces: 'cluster/ha/ha-log.ts',
  foundBy: ['confirmed-prefix'],
};
