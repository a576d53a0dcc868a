import type { History } from '../../checker/history.ts';

/** What became of the messages of some time. */
export interface MessageFigures {
  /** Acknowledged, and not there any more: the data that a recovery would have cost; undefined where nothing was read back. */
  readonly lost: number | undefined;
  /** Copies beyond the first of a message; undefined likewise. */
  readonly duplicates: number | undefined;
  /** From `sinceMs` until a consumer had seen everything that was acknowledged before; undefined if it never had. */
  readonly lagDrainMs: number | undefined;
}

const NS_PER_MS = 1_000_000;

export interface MessageWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** The moment of recovery. */
  readonly sinceMs: number | undefined;
}

/** Figures of the messages whose sends began in a window. `places`: where each was found when all was over, `consumedAtMs`: when a consumer saw each first. */
export function messagesOf(
  history: History,
  places: ReadonlyMap<string, ReadonlySet<string>>,
  consumedAtMs: ReadonlyMap<string, number>,
  { fromMs, toMs, sinceMs }: MessageWindow,
): MessageFigures {
  let lost = 0;
  let duplicates = 0;
  let drainedMs: number | undefined = sinceMs;
  for (const { op, value, callNs, endNs, outcome } of history.operations()) {
    if (op !== 'append' || callNs < fromMs * NS_PER_MS || callNs >= toMs * NS_PER_MS) continue;
    const copies = places.get(String(value))?.size ?? 0;
    duplicates += Math.max(0, copies - 1);
    if (outcome !== 'ok') continue;
    if (copies === 0) lost++;
    if (drainedMs === undefined || sinceMs === undefined || (endNs ?? 0) > sinceMs * NS_PER_MS) continue;
    const seenMs = consumedAtMs.get(String(value));
    drainedMs = seenMs === undefined ? undefined : Math.max(drainedMs, seenMs);
  }
  const lagDrainMs = drainedMs === undefined || sinceMs === undefined ? undefined : drainedMs - sinceMs;
  return history.drained ? { lost, duplicates, lagDrainMs } : { lost: undefined, duplicates: undefined, lagDrainMs };
}
