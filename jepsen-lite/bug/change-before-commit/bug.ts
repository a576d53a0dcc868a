import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** Four of five members decide, and two leaders in a row are asked for changes while nothing of their terms is committed. */
const schedule: Schedule = [
  { kind: 'members', atMs: 3_000, target: 'n4', forMs: 50_000 },
  ...[6_000, 16_000, 26_000, 36_000].map(
    (atMs) => ({ kind: 'rival-changes', atMs, target: 'leader', forMs: 5_000 }) as const,
  ),
];

export const changeBeforeCommit: PlantedBug = {
  name: 'change-before-commit',
  breaks: 'A leader changes the set of members before an entry of its term is committed.',
  source: 'thesis 4.1 as corrected in "bug in single-server membership changes" (raft-dev, 2015); raft/SAFETY.md 8',
  replaces: 'raft/driver/replica.ts',
  foundBy: ['committed-prefix', 'leader-completeness', 'election-safety', 'committed-by-majority'],
  nodes: 5,
  schedule,
};
