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
export const LONG_RUN: Minimums = { faults: 100, acknowledged: 200_000 };
/** That a run hurt nobody, or judged nothing, is never a pass. */
const LEAST: Minimums = { faults: 1, acknowledged: 1 };
/** Of each minute of a shorter run: what twenty minutes with the minimums of a long run have, well below what is on record (`README.md`: 14 faults and 34,000 messages), */
export const A_MINUTE: Minimums = { faults: 5, acknowledged: 10_000 };
/** who sent so many messages a second. More than that a busy machine may not reach. */
const RATE_ON_RECORD = 1_000;

/** What a command asks of its rounds where it names no minimums. */
export interface Asked {
  readonly minutes: number;
  /** Messages a second that its senders aim at. */
  readonly rate: number;
  /** Who gives the faults has said how many there are. */
  readonly hasSchedule: boolean;
}

/** Where the command line says nothing. */
export function defaultMinimums({ minutes, rate, hasSchedule }: Asked): Minimums {
  if (hasSchedule) return LEAST;
  if (minutes >= LONG_RUN_MINUTES) return LONG_RUN;
  const share = Math.min(1, rate / RATE_ON_RECORD);
  return {
    faults: Math.max(LEAST.faults, Math.floor(A_MINUTE.faults * minutes)),
    acknowledged: Math.max(LEAST.acknowledged, Math.floor(A_MINUTE.acknowledged * share * minutes)),
  };
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
