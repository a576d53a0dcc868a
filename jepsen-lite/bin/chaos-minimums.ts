import type { ChaosReport } from '../live/chaos/chaos-report.ts';
import { injectedOf } from './chaos-text.ts';

/** What all rounds of a command together have to hold, or they have shown too little to pass. */
export interface Minimums {
  /** Faults that were made. */
  readonly faults: number;
  /** Acknowledged messages that were judged. */
  readonly acknowledged: number;
}

/** A run of so many minutes is meant to show something, and has these minimums where the command line names no others. */
const LONG_RUN_MINUTES = 10;
const LONG_RUN: Minimums = { faults: 100, acknowledged: 200_000 };
/** That a run hurt nobody, or judged nothing, is never a pass. */
const SHORT_RUN: Minimums = { faults: 1, acknowledged: 1 };

/** Where the command line says nothing. Who gives the faults has said how many there are. */
export function defaultMinimums(minutes: number, hasSchedule: boolean): Minimums {
  return minutes >= LONG_RUN_MINUTES && !hasSchedule ? LONG_RUN : SHORT_RUN;
}

/** A figure beside the least that it must be. */
export interface Minimum {
  readonly what: string;
  readonly is: number;
  readonly least: number;
  readonly holds: boolean;
}

/** The minimums beside what the rounds hold. */
export function judgeMinimums(reports: readonly ChaosReport[], { faults, acknowledged }: Minimums): Minimum[] {
  const sum = (of: (report: ChaosReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const minimum = (what: string, is: number, least: number): Minimum => ({ what, is, least, holds: is >= least });
  return [
    minimum('faults', sum(injectedOf), faults),
    minimum(
      'acknowledged messages judged',
      sum(({ messages }) => messages.acknowledged),
      acknowledged,
    ),
  ];
}

/** One line for people. */
export function minimumsText(minimums: readonly Minimum[]): string {
  const texts = minimums.map(({ what, is, least, holds }) => {
    return `${is} ${what}, ${holds ? `at least ${least} needed` : `which is TOO FEW: at least ${least} needed`}`;
  });
  return `minimums: ${texts.join('; ')}`;
}
