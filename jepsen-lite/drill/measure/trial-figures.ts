import type { History } from '../../checker/history.ts';
import type { OwnPauses } from '../../live/own-pauses.ts';
import type { Plan } from '../plan/plan.ts';
import type { TrialRecord } from '../run/run-trial.ts';
import { type Bucket, bucketsOf } from './buckets.ts';
import { type MessageFigures, messagesOf } from './messages.ts';
import { partsOf, type Recovery, type RecoveryParts, recoveryOf } from './recovery.ts';
import { figuresOf, type Send, type SendFigures } from './sends.ts';

/** All that a trial is judged by. */
export interface TrialFigures extends RecoveryParts, MessageFigures, Pick<Recovery, 'rtoMs' | 'failedForMs'> {
  readonly record: TrialRecord;
  /** Sends without success from the first fault to the end of the trial. */
  readonly failedSends: number;
  /** Longest time without an acknowledgement from there on. */
  readonly longestStallMs: number;
  /** Longest time from the first fault to recovery for which the drill itself was held up; the figures may be too high by that. */
  readonly ownPauseMs: number;
  /** Before the faults, from the first fault to recovery, and from there to the end. */
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
  { rtoFrom }: Plan['expect'],
  { sends, history, places, consumedAtMs, ownPauses }: Measured,
): TrialFigures {
  const { calmFromMs, faultMs, healMs, endMs, roles } = record;
  const calm = figuresOf(sends, calmFromMs, faultMs);
  const baseMs = rtoFrom === 'fault' ? faultMs : healMs;
  const { rtoMs, stableAtMs, failedForMs } = recoveryOf(sends, baseMs, endMs);
  const parts = partsOf(roles, baseMs, stableAtMs ?? endMs);
  const since = figuresOf(sends, faultMs, endMs);
  const window = { fromMs: calmFromMs, toMs: endMs, sinceMs: stableAtMs };
  return {
    record,
    rtoMs,
    failedForMs,
    ...(stableAtMs === undefined || rtoMs === 0 ? noParts : parts),
    ...messagesOf(history, places, consumedAtMs, window),
    failedSends: since.refused + since.unknown,
    longestStallMs: since.longestGapMs,
    ownPauseMs: ownPauses.longestIn(baseMs, stableAtMs ?? endMs),
    calm,
    hurt: figuresOf(sends, faultMs, stableAtMs ?? endMs),
    after: figuresOf(sends, stableAtMs ?? endMs, endMs),
    buckets: bucketsOf(sends, calmFromMs, endMs),
  };
}

const noParts: RecoveryParts = { detectMs: undefined, electMs: undefined, serveMs: undefined };
