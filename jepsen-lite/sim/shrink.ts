import type { Schedule } from '../fault/schedule.ts';

export interface Shrunk {
  readonly schedule: Schedule;
  /** No single fault can be left out; false: the attempts did not suffice to know. */
  readonly isSmallest: boolean;
}

/**
 * Finds a smaller schedule that still fails: leaves out halves, quarters, … down to single faults (delta debugging, Zeller 1999), with at most `mostRuns`
 * attempts; first of all the faults after `untilMs`, when the whole one had failed. `fails` plays a schedule.
 */
export async function shrink(
  schedule: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
  mostRuns: number,
  untilMs: number,
): Promise<Shrunk> {
  let smallest = schedule;
  let runs = 0;
  const before = schedule.filter(({ atMs }) => atMs <= untilMs);
  if (before.length < schedule.length && runs++ < mostRuns && (await fails(before))) smallest = before;
  for (let piece = Math.ceil(smallest.length / 2); piece >= 1; ) {
    let progress = false;
    for (let at = 0; at < smallest.length && runs < mostRuns; ) {
      const without = [...smallest.slice(0, at), ...smallest.slice(at + piece)];
      runs++;
      if (await fails(without)) {
        smallest = without;
        progress = true;
      } else at += piece;
    }
    if (runs >= mostRuns) return { schedule: smallest, isSmallest: false };
    if (piece === 1 && !progress) break;
    piece = piece === 1 ? 1 : Math.ceil(piece / 2);
  }
  return { schedule: smallest, isSmallest: true };
}
