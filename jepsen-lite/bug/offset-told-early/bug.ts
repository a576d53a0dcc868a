import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** The leader is far from the others, so that entries wait for their commit while reads are confirmed, and then cut off from them. */
const schedule: Schedule = Array.from({ length: 12 }, (_, turn) => 4_000 + 4_000 * turn).flatMap((atMs) => [
  { kind: 'slow-link', atMs, target: 'leader', forMs: 1_200, amount: 400 } as const,
  { kind: 'isolate', atMs: atMs + 1_000, target: 'leader', forMs: 2_000, mode: 'peers' } as const,
]);

export const offsetToldEarly: PlantedBug = {
  name: 'offset-told-early',
  breaks: 'A leader tells a consumer offset that it has appended and that is not committed.',
  source: 'thesis 6.4; found by seed 50125',
  replaces: 'src/broker/offset/offset-table.ts',
  foundBy: ['checker linearizable-register'],
  schedule,
};
