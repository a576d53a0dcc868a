import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** The leader reaches all, clients too, and hears none of the members: nothing is committed until another leads. */
const schedule: Schedule = [6_000, 18_000, 30_000, 42_000].map((atMs) => {
  return { kind: 'deaf', atMs, target: 'leader', forMs: 6_000, mode: 'in' } as const;
});

export const readsPutOffQuorum: PlantedBug = {
  name: 'reads-put-off-quorum',
  breaks: 'A leader that is asked for fresh reads all the time never looks whether a majority still answers.',
  source: 'thesis 6.2; our own mistake, until somebody read the code once more',
  replaces: 'raft/core/leader.ts',
  foundBy: ['checker availability'],
  schedule,
};
