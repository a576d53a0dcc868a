import type { Chance } from '../sim/chance.ts';
import type { Fault, Schedule, Target } from './schedule.ts';

export interface GenerateOptions {
  /** Faults begin from here on, and all are over at `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Draws a schedule. */
export function generateSchedule(chance: Chance, { startMs, endMs }: GenerateOptions): Schedule {
  const faults: Fault[] = [];
  let atMs = startMs + chance.below(3_000);
  while (atMs < endMs - 1_000) {
    const target = chance.pick<Target>(['leader', 'leader', 'follower', 'other-follower']);
    const forMs = Math.min(chance.between(100, 5_000), endMs - atMs);
    faults.push({ kind: 'kill', atMs, target, forMs });
    atMs += chance.between(500, 10_000);
  }
  return faults;
}
