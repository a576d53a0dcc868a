import type { Verdict } from '../../checker/verdict.ts';
import type { Violation } from '../../invariant/invariant.ts';
import { messageFigures } from '../../live/chaos/chaos-report.ts';
import type { ExpectPlan } from '../plan/plan.ts';
import { spreadOf } from './spread.ts';
import type { TrialFigures } from './trial-figures.ts';

/** One thing that has to hold, and what was measured. */
export interface Hypothesis {
  readonly text: string;
  readonly measured: string;
  /** `unknown`: nothing was found, which proves nothing. */
  readonly holds: boolean | 'unknown';
}

/** Holds what was measured against what the plan expects. Nothing is ever left out because it could not be measured. */
export function hypothesesOf(
  expect: ExpectPlan,
  trials: readonly TrialFigures[],
  verdicts: readonly Verdict[],
  violation: Violation | undefined,
): Hypothesis[] {
  return [
    recovered(trials),
    ...rto(expect, trials),
    ...counted(expect, trials, verdicts),
    ...timed(expect, trials),
    ...verdicts.map(checked),
    promises(violation),
  ];
}

/** What becomes of a drill that came to its end: only what is known to hold lets it pass. */
export function outcomeOf(hypotheses: readonly Pick<Hypothesis, 'holds'>[]): 'passed' | 'failed' {
  return hypotheses.length > 0 && hypotheses.every(({ holds }) => holds === true) ? 'passed' : 'failed';
}

function recovered(trials: readonly TrialFigures[]): Hypothesis {
  const failed = trials.filter(({ record, rtoMs }) => record.problem !== undefined || rtoMs === undefined);
  const [first] = failed;
  const why = first?.record.problem ?? 'sends never stayed successful for a second';
  const measured =
    first === undefined ? `${trials.length} of ${trials.length}` : `trial ${first.record.number}: ${why}`;
  return { text: 'every trial ends steady', measured, holds: trials.length > 0 && failed.length === 0 };
}

/** Of a trial that was cut short nobody knows what more would have come. */
function areWhole(trials: readonly TrialFigures[]): boolean {
  return trials.every(({ record }) => !record.isCutShort);
}

function rto({ rtoMs, rtoFrom }: ExpectPlan, trials: readonly TrialFigures[]): Hypothesis[] {
  if (rtoMs === undefined) return [];
  const from = rtoFrom === 'fault' ? 'the fault' : 'the end of the last fault';
  const { count, p95 } = spreadOf(trials.map((trial) => trial.rtoMs)) ?? {};
  const text = `RTO p95 at most ${rtoMs} ms from ${from}`;
  const measured = measuredText(p95, trials);
  if (!isWithin(p95, rtoMs) || count !== trials.length || !areWhole(trials)) return [{ text, measured, holds: false }];
  const unexplained = unexplainedStall(rtoMs, trials);
  if (unexplained === undefined) return [{ text, measured, holds: true }];
  return [{ text, measured: `${measured}, but ${unexplained}`, holds: 'unknown' }];
}

/** Why a recovery time within its limit is not believed: with the longest stall of each trial instead, whatever made it, the limit would be passed. */
function unexplainedStall(rtoMs: number, trials: readonly TrialFigures[]): string | undefined {
  const stalls = spreadOf(trials.map(({ stall }) => stall.lengthMs));
  if (isWithin(stalls?.p95, rtoMs)) return undefined;
  const { record, stall } = trials.reduce((worst, each) => (each.stall.lengthMs > worst.stall.lengthMs ? each : worst));
  return `in trial ${record.number} nothing was acknowledged for ${stall.lengthMs.toFixed(0)} ms, from ${(stall.fromMs - record.faultMs).toFixed(0)} ms after its first fault on`;
}

function counted(expect: ExpectPlan, trials: readonly TrialFigures[], verdicts: readonly Verdict[]): Hypothesis[] {
  const figures = messageFigures(verdicts);
  // Where nobody was hit, nothing was asked of the messages.
  const wasJudged =
    trials.length > 0 && verdicts.some(({ checker }) => checker === 'total-queue') && figures.acknowledged > 0;
  const most = (of: (trial: TrialFigures) => number): number =>
    trials.reduce((top, trial) => Math.max(top, of(trial)), 0);
  const sum = (of: (trial: TrialFigures) => number): number => trials.reduce((all, trial) => all + of(trial), 0);
  const limit = (text: string, limitOf: number | undefined, measured: number, known: boolean): Hypothesis[] => {
    if (limitOf === undefined) return [];
    // What is too much already is so, whatever else is not known.
    const holds = measured > limitOf ? false : known || 'unknown';
    return [{ text: `${text} at most ${limitOf}`, measured: holds === 'unknown' ? 'nothing' : `${measured}`, holds }];
  };
  return [
    ...limit('acknowledged messages that are lost (RPO)', expect.lost, figures.lost, wasJudged),
    ...limit('breaks of the order', expect.orderBreaks, figures.orderBreaks, wasJudged),
    ...limit(
      'duplicates',
      expect.duplicates,
      sum(({ duplicates = 0 }) => duplicates),
      wasJudged,
    ),
    ...limit(
      'failed sends of a trial',
      expect.failedSends,
      most(({ failedSends }) => failedSends),
      trials.length > 0 && areWhole(trials),
    ),
  ];
}

function timed(expect: ExpectPlan, trials: readonly TrialFigures[]): Hypothesis[] {
  const limit = (
    text: string,
    limitMs: number | undefined,
    of: (trial: TrialFigures) => number | undefined,
  ): Hypothesis[] => {
    if (limitMs === undefined) return [];
    const max = spreadOf(trials.map(of))?.max;
    const holds = isWithin(max, limitMs) && areWhole(trials);
    return [{ text: `${text} at most ${limitMs} ms`, measured: measuredText(max, trials), holds }];
  };
  return [
    ...limit('longest time without an acknowledgement', expect.longestStallMs, (trial) => trial.longestStallMs),
    ...limit('lag drain time', expect.lagDrainMs, (trial) => trial.lagDrainMs),
  ];
}

function checked({ checker, valid, reason, findings, counts }: Verdict): Hypothesis {
  const first = findings.find(({ fatal }) => fatal);
  const told = first === undefined ? `${counts['examined'] ?? 0} examined` : `${first.anomaly}: ${first.message}`;
  return { text: `checker ${checker} is content`, measured: reason ?? told, holds: valid };
}

function promises(violation: Violation | undefined): Hypothesis {
  const measured = violation === undefined ? 'none' : `${violation.invariant}: ${violation.text}`;
  return { text: 'no promise is seen broken under way', measured, holds: violation === undefined };
}

function isWithin(ms: number | undefined, limitMs: number): boolean {
  return ms !== undefined && ms <= limitMs;
}

/** A trial that came to its end without a figure never had it. */
function measuredText(ms: number | undefined, trials: readonly TrialFigures[]): string {
  if (ms !== undefined) return `${ms.toFixed(0)} ms`;
  return trials.length > 0 && areWhole(trials) ? 'never' : 'nothing';
}
