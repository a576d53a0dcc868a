import type { Schedule } from '../fault/schedule.ts';

/**
 * Finds a smaller schedule that still fails: leaves out halves, quarters, … down to single faults (delta debugging, Zeller 1999), with at most `mostRuns`
 * attempts. `fails` plays a schedule.
 */
export async function shrink(
  schedule: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
  mostRuns: number,
): Promise<Schedule> {
  let smallest = schedule;
  let runs = 0;
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
    if (runs >= mostRuns) break;
    if (piece === 1 && !progress) break;
    piece = piece === 1 ? 1 : Math.ceil(piece / 2);
  }
  return smallest;
}
