import type { PlantedBug } from '../planted-bug.ts';

export const matchKept: PlantedBug = {
  name: 'match-kept',
  breaks: 'A leader goes on believing what a follower had acknowledged before it was started anew.',
  source: 'etcd tracker/progress.go; raft/SAFETY.md 1',
  replaces: 'raft/core/leader.ts',
  foundBy: ['liveness', 'committed-by-majority', 'no-self-stop'],
};
