import type { Schedule } from '../fault/schedule.ts';
import type { Violation } from '../invariant/invariant.ts';
import type { ModeName } from '../sim/mode-name.ts';
import type { RunResult } from '../sim/run.ts';

/** One seed to be played. */
export interface SeedJob {
  readonly mode: ModeName;
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Plays it twice; the trace hashes must match. */
  readonly twice: boolean;
  readonly schedule?: Schedule | undefined;
  /** Its hash: results of one schedule are none of another. */
  readonly given?: string | undefined;
  /** Where that was read. */
  readonly scheduleFile?: string | undefined;
  /** Prints the trace. */
  readonly trace?: boolean | undefined;
  /** A failure is shrunk, and told in files of this folder. */
  readonly failureFolder?: string | undefined;
  /** Draws the run into this file. */
  readonly timelineFile?: string | undefined;
  /** Writes what clients did and were told into this file, as JSON lines. */
  readonly historyFile?: string | undefined;
  /** With the details that the plain format lacks. */
  readonly withDetails?: boolean | undefined;
}

/** What became of a seed. */
export interface SeedReport extends Omit<RunResult, 'log' | 'schedule' | 'history'> {
  readonly mode: ModeName;
  readonly nodes: number;
  readonly minutes: number;
  /** Hash of the schedule that was played instead of the drawn one. */
  readonly given: string | undefined;
  readonly failure: FailureReport | undefined;
  /** Simulated time, both times if it was played twice. */
  readonly playedMs: number;
  /** CPU time without the shrinking. */
  readonly cpuSeconds: number;
}

export interface FailureReport {
  /** Faults of the whole schedule. */
  readonly faults: number;
  /** The smallest schedule that was found to break the same promise. */
  readonly shrunk: Schedule;
  /** None of its faults can be left out; false: that was not tried to the end. */
  readonly isSmallest: boolean;
  /** How that one fails; undefined where nothing was shrunk. */
  readonly shrunkViolation: Violation | undefined;
  /** Newest log lines. */
  readonly log: readonly string[];
  /** Where schedule, trace, history and timeline are; undefined where none was asked for. */
  readonly folder: string | undefined;
}
