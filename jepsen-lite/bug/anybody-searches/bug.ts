import type { PlantedBug } from '../planted-bug.ts';

export const anybodySearches: PlantedBug = {
  name: 'anybody-searches',
  breaks:
    'A member that does not lead answers a search for an offset by time itself, from a queue that may lag: a consumer that begins at a time begins too early, or skips.',
  source: 'raft/SAFETY.md 6; row 34',
  replaces: 'src/broker/routing.ts',
  foundBy: ['checker real-time-order'],
};
