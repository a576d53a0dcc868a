import type { Chance } from '../sim/chance.ts';
import type { Fault, Schedule } from './schedule.ts';

/** How faults of a kind are drawn (FaultKind). */
export interface DrawnKind {
  readonly name: string;
  readonly weight: number;
  draw(chance: Chance): Omit<Fault, 'kind' | 'atMs'>;
}

export interface GenerateOptions {
  readonly kinds: readonly DrawnKind[];
  /** Faults begin from here on, and all are over at `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
}

/** How dense faults follow one another: longest pause in ms. A seed draws one. */
const PACES = [500, 2_000, 5_000, 12_000];
/** Kinds of one run at most: a run with few kinds goes deeper into each. */
const MOST_KINDS = 6;

/** Draws a schedule: a few kinds of faults, in any mixture and overlap. */
export function generateSchedule(chance: Chance, { kinds: all, startMs, endMs }: GenerateOptions): Schedule {
  const kinds = drawKinds(chance, all);
  const pause = chance.pick(PACES);
  const faults: Fault[] = [];
  for (let atMs = startMs + chance.below(3_000); atMs < endMs - 1_000; atMs += chance.between(20, pause)) {
    const kind = chance.pick(kinds);
    const drawn = kind.draw(chance);
    faults.push({ kind: kind.name, atMs, ...drawn, forMs: Math.min(drawn.forMs, endMs - atMs) });
  }
  return faults;
}

function drawKinds(chance: Chance, kinds: readonly DrawnKind[]): DrawnKind[] {
  const pool = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  const count = chance.between(1, MOST_KINDS);
  return Array.from({ length: count }, () => chance.pick(pool));
}
