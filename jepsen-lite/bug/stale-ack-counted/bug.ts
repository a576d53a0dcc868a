import type { PlantedBug } from '../planted-bug.ts';

export const staleAckCounted: PlantedBug = {
  name: 'stale-ack-counted',
  breaks: 'A leader counts acknowledgements of older terms, and of what it sent before the last hello.',
  source: 'etcd TestAsyncStorageWrites ABA scenario; raft/SAFETY.md 1',
  replaces: 'raft/core/node.ts',
  foundBy: ['committed-by-majority', 'committed-prefix', 'leader-completeness', 'liveness', 'no-self-stop'],
};
