import type { Verdict } from '../../checker/verdict.ts';
import type { SelfEnded } from '../../live/chaos/self-ends.ts';
import type { Hypothesis } from '../measure/hypotheses.ts';
import type { SendFigures } from '../measure/sends.ts';
import { type Spread, spreadOf } from '../measure/spread.ts';
import type { TrialFigures } from '../measure/trial-figures.ts';
import { countText } from '../plan/count-text.ts';
import type { Plan } from '../plan/plan.ts';
import type { BrokerKeys } from '../target/broker-keys.ts';

/** Number of what reports hold; a change that makes older ones unlike raises it. */
export const REPORT_FORMAT = 1;

/** What became of a drill. Data: `report.json` is this. */
export interface DrillReport {
  readonly format: typeof REPORT_FORMAT;
  readonly plan: Plan;
  readonly seed: number;
  /** Command that repeats it. */
  readonly replay: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What it was done to, in words. */
  readonly target: string;
  /** Reports of before 2026-11-29 do not have it. */
  readonly brokerKeys?: BrokerKeys;
  /** `passed`: every hypothesis holds. `aborted`: a condition of the plan stopped it. `not-steady`: it was not well to begin with. */
  readonly outcome: 'passed' | 'failed' | 'aborted' | 'not-steady' | 'interrupted';
  /** Why it was stopped. */
  readonly why: string | undefined;
  /** The last one may have been cut short. */
  readonly trials: readonly TrialFigures[];
  /** Members that ended by themselves, oldest first; not known of groups that others started, and in reports of before 2026-11-29. */
  readonly selfEnds?: readonly SelfEnded[] | undefined;
  readonly hypotheses: readonly Hypothesis[];
  readonly verdicts: readonly {
    readonly checker: string;
    readonly valid: Verdict['valid'];
    readonly counts: Verdict['counts'];
  }[];
  readonly wallMs: number;
}

/** A figure of each trial, by the name that people read. */
interface Row {
  readonly name: string;
  readonly unit: 'ms' | '';
  readonly of: (trial: TrialFigures) => number | undefined;
  /** A trial without it never came so far, instead of having had nothing to measure. */
  readonly isOfEach?: true;
}

const rows: readonly Row[] = [
  { name: 'RTO', unit: 'ms', of: ({ rtoMs }) => rtoMs, isOfEach: true },
  { name: 'detect', unit: 'ms', of: ({ detectMs }) => detectMs },
  { name: 'elect', unit: 'ms', of: ({ electMs }) => electMs },
  { name: 'serve', unit: 'ms', of: ({ serveMs }) => serveMs },
  { name: 'sends fail for', unit: 'ms', of: ({ failedForMs }) => failedForMs },
  { name: 'longest stall', unit: 'ms', of: ({ longestStallMs }) => longestStallMs },
  { name: 'p99 before the fault', unit: 'ms', of: ({ calm }) => p99Of(calm) },
  { name: 'p99 until recovery', unit: 'ms', of: ({ hurt }) => p99Of(hurt) },
  { name: 'p99 after recovery', unit: 'ms', of: ({ after }) => p99Of(after) },
  { name: 'lag drained in', unit: 'ms', of: ({ lagDrainMs }) => lagDrainMs, isOfEach: true },
  { name: 'failed sends', unit: '', of: ({ failedSends }) => failedSends },
  { name: 'lost (RPO)', unit: '', of: ({ lost }) => lost },
  { name: 'duplicates', unit: '', of: ({ duplicates }) => duplicates },
  { name: 'drill held up', unit: 'ms', of: ({ ownPauseMs }) => ownPauseMs },
];

function p99Of({ acknowledged, p99Ms }: SendFigures): number | undefined {
  return acknowledged === 0 ? undefined : p99Ms;
}

/** A figure over all trials of a drill. */
export interface FigureRow {
  readonly name: string;
  readonly unit: 'ms' | '';
  readonly trials: readonly (number | undefined)[];
  readonly spread: Spread | undefined;
  /** What stands for a figure that is not there. */
  readonly missing: 'never' | 'unknown';
}

/** The figures that reports show, in their order. */
export function figureRows(trials: readonly TrialFigures[]): FigureRow[] {
  // What would have become of a trial that was cut short is not known.
  const areWhole = trials.length > 0 && trials.every(({ record }) => !record.isCutShort);
  return rows.map(({ name, unit, of, isOfEach = false }) => {
    const figures = trials.map(of);
    const spread = spreadOf(isOfEach ? figures : figures.filter((figure) => figure !== undefined));
    return { name, unit, trials: figures, spread, missing: isOfEach && areWhole ? 'never' : 'unknown' };
  });
}

/** How many trials there were, in words. */
export function trialsText({ trials, plan }: Pick<DrillReport, 'trials' | 'plan'>): string {
  const last = trials.at(-1)?.record.isCutShort ? ', the last of them cut short' : '';
  return `${trials.length} of ${countText(plan.repeat, 'trial')}${last}`;
}

/** A figure as people read it. */
export function figureText(figure: number | undefined, { unit, missing }: Pick<FigureRow, 'unit' | 'missing'>): string {
  if (figure === undefined) return missing;
  return unit === 'ms' ? `${figure.toFixed(figure > 0 && figure < 10 ? 1 : 0)} ms` : String(figure);
}
