import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** A follower's disk is an older one, at a moment at which the master cannot tell the controllers that it is gone: else it is out of the set before it registers. */
const schedule: Schedule = [4_000, 14_000, 24_000, 34_000, 44_000].flatMap((atMs) => [
  { kind: 'set-back', atMs, target: 'follower', forMs: 3_000 } as const,
  { kind: 'unheard', atMs: atMs + 2_950, target: 'leader', forMs: 1_500, mode: 'both' } as const,
]);

export const setBackAccepted: PlantedBug = {
  name: 'set-back-accepted',
  mode: 'controller',
  breaks: 'A broker whose store was set back to an older state stays in the SyncStateSet when it registers.',
  source: 'cluster/controller/README.md, "So does one whose store was set back"; README.md, row 35',
  replaces: 'cluster/controller/state/register-broker.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix'],
  schedule,
};
