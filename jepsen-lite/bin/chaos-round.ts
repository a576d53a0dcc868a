import type { CutMeans } from '../live/network/open-network.ts';
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
  /** What cuts its links. */
  readonly cuts: CutMeans;
}

/** The rounds of a command, each with a seed of its own; where it wants both means of cutting links, by turns. */
export function roundsOf({ mode, seed, nodes, minutes, cuts }: ChaosCommand): Round[] {
  const longestMinutes = cuts === 'both' ? Math.min(LONGEST_ROUND_MINUTES, minutes / 2) : LONGEST_ROUND_MINUTES;
  const count = Math.ceil(minutes / longestMinutes);
  return Array.from({ length: count }, (_, at) => {
    const leftMinutes = minutes - at * longestMinutes;
    const means = cuts === 'both' ? (at % 2 === 0 ? 'proxies' : 'namespaces') : cuts;
    const length = Math.min(longestMinutes, leftMinutes);
    return { mode: mode.name, seed: seed + at, nodes, minutes: length, cuts: means };
  });
}
