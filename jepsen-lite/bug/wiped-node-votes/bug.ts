import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/**
 * One follower lags; then the leader is cut off, and the disk of the other follower, which had all that was committed, is replaced: with its vote the one that lags could lead. A wiped member that
 * knows that it is one does not vote, and they wait for the leader.
 */
const schedule: Schedule = [4_000, 22_000, 40_000].flatMap((atMs) => [
  { kind: 'isolate', atMs, target: 'follower', forMs: 6_000, mode: 'peers' } as const,
  { kind: 'isolate', atMs: atMs + 5_900, target: 'leader', forMs: 6_000, mode: 'peers' } as const,
  { kind: 'wipe', atMs: atMs + 5_910, target: 'other-follower', forMs: 20 } as const,
]);

export const wipedNodeVotes: PlantedBug = {
  name: 'wiped-node-votes',
  breaks:
    'A member whose disk was replaced takes its empty store for a new member that never promised anything, and votes.',
  source: 'raft/SAFETY.md 2; KAFKA-16526; rabbitmq 15725',
  replaces: 'raft/core/election.ts',
  foundBy: ['leader-completeness', 'election-safety', 'one-vote', 'acknowledged-kept', 'committed-prefix'],
  schedule,
};
