import type { ChaosCommand } from './chaos-options.ts';

/** A round has a group of its own, so that its history fits into memory and a long run can be resumed. */
const LONGEST_ROUND_MINUTES = 10;

/** A part of a chaos run, known in a results file by all of this. */
export interface Round {
  /** Name of the mode. */
  readonly mode: string;
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
}

/** The rounds of a command, each with a seed of its own. */
export function roundsOf({ mode, seed, nodes, minutes }: ChaosCommand): Round[] {
  const count = Math.ceil(minutes / LONGEST_ROUND_MINUTES);
  return Array.from({ length: count }, (_, at) => {
    const leftMinutes = minutes - at * LONGEST_ROUND_MINUTES;
    return { mode: mode.name, seed: seed + at, nodes, minutes: Math.min(LONGEST_ROUND_MINUTES, leftMinutes) };
  });
}
