import type { ExpectPlan } from '../plan/plan.ts';
import type { TrialRecord } from '../run/run-trial.ts';
import type { MadeStrike } from '../target/drill-target.ts';
import type { Window } from './recovery.ts';
import type { Send } from './sends.ts';

/**
 * The windows in which outages of a trial are looked for. Each fault has its recovery, however many came before it, and so has each strike of it, which may come true when it begins, when it is
 * done, or between. Where recovery is counted from the end of faults, each phase has one.
 */
export function windowsOf(
  record: Pick<TrialRecord, 'faults' | 'strikes' | 'phases' | 'faultMs' | 'endMs'>,
  rtoFrom: ExpectPlan['rtoFrom'],
  sends: readonly Send[],
): Window[] {
  const { faults, strikes, faultMs, endMs } = record;
  if (rtoFrom === 'heal') return spansOf(record, rtoFrom);
  const beginnings = [
    faultMs,
    ...faults.map(({ startMs }) => startMs),
    ...strikes.flatMap((strike) => [strike.startMs, standingSince(sends, strike)]),
  ];
  const starts = [...new Set(beginnings)].filter((atMs) => atMs < endMs).sort((a, b) => a - b);
  return starts.map((fromMs, at) => {
    const toMs = starts[at + 1] ?? endMs;
    return { fromMs, toMs, isStruck: strikes.some((strike) => strike.startMs <= fromMs && strike.endMs >= toMs) };
  });
}

/** The times for which a limit of the recovery time stands: from the first fault on, or from the end of the faults of each phase on. */
export function spansOf(
  { phases, faultMs, endMs }: Pick<TrialRecord, 'phases' | 'faultMs' | 'endMs'>,
  rtoFrom: ExpectPlan['rtoFrom'],
): Window[] {
  if (rtoFrom === 'fault') return [{ fromMs: faultMs, toMs: endMs }];
  return phases.map(({ healMs }, at) => ({ fromMs: healMs, toMs: phases[at + 1]?.faultMs ?? endMs }));
}

/** Since when nothing was acknowledged when a strike was done, of which it is the second beginning. */
function standingSince(sends: readonly Send[], { startMs, endMs }: MadeStrike): number {
  const last = sends.findLast((send) => send.outcome === 'ok' && send.endMs <= endMs);
  return Math.max(startMs, last?.endMs ?? startMs);
}

/** A time without an acknowledgement. */
export interface Stall {
  readonly fromMs: number;
  /** Less the longest time in it for which the drill itself was held up. */
  readonly lengthMs: number;
}

/** The longest stall in some times, of which counts what lies in them. */
export function longestStall(
  sends: readonly Send[],
  spans: readonly Window[],
  heldUpMs: (fromMs: number, toMs: number) => number,
): Stall {
  const acknowledged = sends.filter(({ outcome }) => outcome === 'ok').map(({ endMs }) => endMs);
  const stalls = spans.flatMap(({ fromMs, toMs }) => {
    const moments = [fromMs, ...acknowledged.filter((atMs) => atMs > fromMs && atMs < toMs), toMs];
    return moments.slice(1).map((overMs, at): Stall => {
      const sinceMs = moments[at] ?? overMs;
      return { fromMs: sinceMs, lengthMs: overMs - sinceMs - heldUpMs(sinceMs, overMs) };
    });
  });
  const none: Stall = { fromMs: spans[0]?.fromMs ?? 0, lengthMs: 0 };
  return stalls.reduce((longest, stall) => (stall.lengthMs > longest.lengthMs ? stall : longest), none);
}
