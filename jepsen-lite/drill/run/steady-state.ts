import type { SendFigures } from '../measure/sends.ts';
import type { SteadyPlan } from '../plan/plan.ts';
import type { TargetLook } from '../target/drill-target.ts';

/** Why this is not what the plan calls steady, in a few words; undefined if it is. */
export function steadyProblem(
  plan: SteadyPlan,
  { problem }: TargetLook,
  figures: SendFigures,
  lag: number,
): string | undefined {
  if (problem !== undefined) return problem;
  const failed = figures.refused + figures.unknown;
  if (figures.acknowledged === 0) return 'no message was acknowledged';
  const share = failed / (failed + figures.acknowledged);
  if (share > plan.maxErrorShare)
    return `${(share * 100).toFixed(1)} % of the sends failed (maxErrorShare ${plan.maxErrorShare})`;
  if (figures.p99Ms > plan.maxP99Ms)
    return `p99 of the sends is ${figures.p99Ms.toFixed(0)} ms (maxP99Ms ${plan.maxP99Ms})`;
  return lag > plan.maxLag ? `the consumer lags by ${lag} messages (maxLag ${plan.maxLag})` : undefined;
}
