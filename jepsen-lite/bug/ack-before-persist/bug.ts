import type { PlantedBug } from '../planted-bug.ts';

export const ackBeforePersist: PlantedBug = {
  name: 'ack-before-persist',
  breaks: 'A member acknowledges entries, and a leader counts its own, before the disk has taken them.',
  source: 'thesis 3.8; raft/SAFETY.md 7; KAFKA-3410',
  replaces: 'raft/driver/persist-queue.ts',
  foundBy: ['written-is-there', 'persisted-first'],
};
