import type { History } from '../../checker/history.ts';
import type { OwnPauses } from '../../live/own-pauses.ts';
import type { Plan } from '../plan/plan.ts';
import type { TrialRecord } from '../run/run-trial.ts';
import { type Bucket, bucketsOf } from './buckets.ts';
import { type MessageFigures, messagesOf } from './messages.ts';
import { paceOf } from './pace.ts';
import { partsOf, type Recovery, type RecoveryParts, worstOutage } from './recovery.ts';
import { failedBetween, figuresOf, type Send, type SendFigures } from './sends.ts';
import { longestStall, type Stall, spansOf, windowsOf } from './windows.ts';

/** All that a trial is judged by. */
export interface TrialFigures extends RecoveryParts, MessageFigures, Pick<Recovery, 'rtoMs' | 'failedForMs'> {
  readonly record: TrialRecord;
  /** When the longest outage began, and when it was over; undefined: it never was. */
  readonly outageFromMs: number;
  readonly recoveredMs: number | undefined;
  /** Sends without success that were under way at some time from the first fault to the end of the trial, whenever they ended. */
  readonly failedSends: number;
  /** Longest time without an acknowledgement from there on. */
  readonly longestStallMs: number;
  /** The longest one of the time for which a limit of the recovery time stands; no such limit holds that is shorter. */
  readonly stall: Stall;
  /** Longest time in the longest outage for which the drill itself was held up; the figures may be too high by that. */
  readonly ownPauseMs: number;
  /** Before the faults, from the first fault to the end of the longest outage, and from there to the end. */
  readonly calm: SendFigures;
  readonly hurt: SendFigures;
  readonly after: SendFigures;
  /** From the calm before to the end. */
  readonly buckets: readonly Bucket[];
}

export interface Measured {
  readonly sends: readonly Send[];
  readonly history: History;
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
  readonly consumedAtMs: ReadonlyMap<string, number>;
  readonly ownPauses: Pick<OwnPauses, 'longestIn'>;
}

/** Computes the figures of a trial from what clients saw during it. */
export function trialFigures(
  record: TrialRecord,
  { expect: { rtoFrom }, steady, load }: Pick<Plan, 'expect' | 'steady' | 'load'>,
  { sends, history, places, consumedAtMs, ownPauses }: Measured,
): TrialFigures {
  const { calmFromMs, faultMs, endMs, roles, problem } = record;
  const calm = figuresOf(sends, calmFromMs, faultMs);
  const heldUpMs = (fromMs: number, toMs: number): number => ownPauses.longestIn(fromMs, toMs);
  const worst = worstOutage(sends, windowsOf(record, rtoFrom, sends), {
    ...paceOf(steady, load),
    untilMs: endMs,
    wellFromMs: problem === undefined ? endMs - steady.forMs : undefined,
    heldUpMs,
  });
  const { fromMs: baseMs, rtoMs, stableAtMs, failedForMs } = worst;
  const parts = partsOf(roles, baseMs, stableAtMs ?? endMs);
  const since = figuresOf(sends, faultMs, endMs);
  const window = { fromMs: calmFromMs, toMs: endMs, sinceMs: stableAtMs };
  return {
    record,
    rtoMs,
    outageFromMs: baseMs,
    recoveredMs: stableAtMs,
    failedForMs,
    ...(stableAtMs === undefined || rtoMs === 0 ? noParts : parts),
    ...messagesOf(history, places, consumedAtMs, window),
    failedSends: failedBetween(sends, faultMs, endMs),
    longestStallMs: since.longestGapMs,
    stall: longestStall(sends, spansOf(record, rtoFrom), heldUpMs),
    ownPauseMs: ownPauses.longestIn(baseMs, stableAtMs ?? endMs),
    calm,
    hurt: figuresOf(sends, faultMs, stableAtMs ?? endMs),
    after: figuresOf(sends, stableAtMs ?? endMs, endMs),
    buckets: bucketsOf(sends, calmFromMs, endMs),
  };
}

const noParts: RecoveryParts = { detectMs: undefined, electMs: undefined, serveMs: undefined };
