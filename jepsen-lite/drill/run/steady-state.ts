import { standstillMs } from '../measure/pace.ts';
import type { SendFigures } from '../measure/sends.ts';
import type { LoadPlan, SteadyPlan } from '../plan/plan.ts';
import type { TargetLook } from '../target/drill-target.ts';

/** Why this is not what the plan calls steady, in a few words; undefined if it is. */
export function steadyProblem(
  plan: SteadyPlan,
  { problem }: TargetLook,
  figures: SendFigures,
  { lag, oldestSendMs }: { readonly lag: number; readonly oldestSendMs: number },
  load: Pick<LoadPlan, 'rate' | 'senders'>,
): string | undefined {
  if (problem !== undefined) return problem;
  const failed = figures.refused + figures.unknown;
  if (figures.acknowledged === 0) return 'no message was acknowledged';
  const share = failed / (failed + figures.acknowledged);
  if (share > plan.maxErrorShare)
    return `${(share * 100).toFixed(1)} % of the sends failed (maxErrorShare ${plan.maxErrorShare})`;
  if (figures.p99Ms > plan.maxP99Ms)
    return `p99 of the sends is ${figures.p99Ms.toFixed(0)} ms (maxP99Ms ${plan.maxP99Ms})`;
  if (oldestSendMs > plan.maxP99Ms)
    return `a send is under way for ${oldestSendMs.toFixed(0)} ms (maxP99Ms ${plan.maxP99Ms})`;
  const still = standstill(plan, figures, load);
  if (still !== undefined) return still;
  return lag > plan.maxLag ? `the consumer lags by ${lag} messages (maxLag ${plan.maxLag})` : undefined;
}

/** Pauses of senders are drawn, so that no acknowledgement comes at an even pace. */
const RATE_SHARE = 0.5;
const MS_PER_SECOND = 1_000;

/** Where all sends are slower than a healthy target's, none of them for long: fewer end, or none. */
function standstill(
  { maxP99Ms }: SteadyPlan,
  { longestGapMs, perSecond }: SendFigures,
  { rate, senders }: Pick<LoadPlan, 'rate' | 'senders'>,
): string | undefined {
  const longestMs = standstillMs({ maxP99Ms }, { rate });
  if (longestGapMs > longestMs)
    return `no message was acknowledged for ${longestGapMs.toFixed(0)} ms (${longestMs.toFixed(0)} with maxP99Ms ${maxP99Ms} and load.rate ${rate})`;
  // What the senders reach where each send takes as long as the slowest may.
  const slowest = (senders * MS_PER_SECOND) / ((senders * MS_PER_SECOND) / rate + maxP99Ms);
  const least = slowest * RATE_SHARE;
  return perSecond < least
    ? `${perSecond.toFixed(1)} messages a second were acknowledged (${least.toFixed(1)} with maxP99Ms ${maxP99Ms} and load.rate ${rate})`
    : undefined;
}
