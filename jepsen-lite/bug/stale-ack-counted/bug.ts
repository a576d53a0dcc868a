import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** It takes a minority of two, thus five members, and an answer that is longer on its way than two elections take. */
const schedule: Schedule = [5_000, 12_000, 19_000, 26_000, 33_000, 40_000].map(
  (atMs) => ({ kind: 'late-replies', atMs, target: 'leader', forMs: 4_000, amount: 1_500 }) as const,
);

export const staleAckCounted: PlantedBug = {
  name: 'stale-ack-counted',
  breaks: 'A leader counts acknowledgements of older terms, and of what it sent before the last hello.',
  source: 'etcd TestAsyncStorageWrites ABA scenario; raft/SAFETY.md 1',
  replaces: 'raft/core/node.ts',
  foundBy: ['committed-by-majority', 'committed-prefix', 'leader-completeness', 'liveness', 'no-self-stop'],
  nodes: 5,
  schedule,
};
