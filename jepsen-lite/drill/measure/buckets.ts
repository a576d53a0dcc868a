import type { Send } from './sends.ts';

/** What one stretch of time saw; sends count where they ended. */
export interface Bucket {
  /** On the clock of the run. */
  readonly startMs: number;
  readonly ok: number;
  readonly failed: number;
  /** Slowest acknowledged send, ms; 0 without one. */
  readonly worstMs: number;
}

export const BUCKET_MS = 100;

/** Cuts the time from `fromMs` to `toMs` into buckets. */
export function bucketsOf(sends: readonly Send[], fromMs: number, toMs: number): Bucket[] {
  const count = Math.max(1, Math.ceil((toMs - fromMs) / BUCKET_MS));
  const buckets = Array.from({ length: count }, (_, at) => {
    return { startMs: Math.round(fromMs + at * BUCKET_MS), ok: 0, failed: 0, worstMs: 0 };
  });
  for (const { callMs, endMs, outcome } of sends) {
    const bucket = buckets[Math.floor((endMs - fromMs) / BUCKET_MS)];
    if (endMs < fromMs || bucket === undefined) continue;
    if (outcome === 'ok') bucket.ok++;
    else bucket.failed++;
    if (outcome === 'ok') bucket.worstMs = Math.max(bucket.worstMs, Math.round((endMs - callMs) * 10) / 10);
  }
  return buckets;
}
