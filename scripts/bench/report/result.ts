import type { Measurement } from '../load/window.ts';
import type { Machine } from '../machine.ts';

/** What was measured: the floor; a mode's brokers with prepared frames, by its name; the same through our client. */
export type Contender = string;

export const FLOOR: Contender = 'floor';

/** The line of a mode's brokers as our own client sees them. */
export const throughClient = (variant: string): Contender => `${variant}, client`;

/** All runs of one row on one contender, and their middle: each figure by itself. */
export interface RowResult {
  readonly row: string;
  readonly contender: Contender;
  readonly median: Omit<Measurement, 'cpu' | 'messages' | 'seconds'> & {
    readonly cores: readonly (number | undefined)[];
  };
  readonly runs: readonly Measurement[];
}

export interface BenchResult {
  readonly machine: Machine;
  readonly bodyBytes: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** What people must know beside the figures. */
  readonly remarks: readonly string[];
  readonly results: readonly RowResult[];
}

export function summarize(row: string, contender: Contender, runs: readonly Measurement[]): RowResult {
  const middle = (pick: (run: Measurement) => number) => median(runs.map(pick));
  const processes = runs[0]?.cpu ?? [];
  return {
    row,
    contender,
    median: {
      messagesPerSecond: middle((run) => run.messagesPerSecond),
      p50: middle((run) => run.p50),
      p99: middle((run) => run.p99),
      p999: middle((run) => run.p999),
      cores: processes.map((_, index) => {
        const cores = runs.map(({ cpu }) => cpu[index]?.cores).filter((each) => each !== undefined);
        return cores.length === 0 ? undefined : median(cores);
      }),
    },
    runs,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
