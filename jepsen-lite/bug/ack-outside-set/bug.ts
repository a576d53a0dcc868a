import type { PlantedBug } from '../planted-bug.ts';

export const ackOutsideSet: PlantedBug = {
  name: 'ack-outside-set',
  mode: 'controller',
  breaks: 'A master confirms what one other broker has, whoever that is, instead of every member of the SyncStateSet.',
  source: 'raft/SAFETY.md 10; cluster/ha/README.md',
  replaces: 'cluster/ha/confirm-rules.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix'],
};
