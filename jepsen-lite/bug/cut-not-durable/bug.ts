import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** A master is replaced behind its back; when it cuts what it alone has, it is killed before the new master's log overwrites the rest. */
const schedule: Schedule = [600, 700, 800, 900, 1_000, 1_200, 1_500].flatMap((amount, turn) => {
  const atMs = 3_000 + 7_000 * turn;
  return [
    { kind: 'cut-off', atMs, target: 'leader', forMs: 4_000 } as const,
    { kind: 'ambush', atMs: atMs + 200, target: 'all', forMs: 200, amount, mode: 'cut kill' } as const,
  ];
});

export const cutNotDurable: PlantedBug = {
  name: 'cut-not-durable',
  mode: 'controller',
  breaks: 'A slave that cuts its log forgets what it cut, but the files keep it: after a start it is there again.',
  source: 'raft/SAFETY.md 3; cluster/ha/README.md; row 22',
  replaces: 'src/log/log-writer.ts',
  foundBy: ['confirmed-by-set', 'confirmed-prefix', 'liveness', 'no-self-stop'],
  schedule,
};
