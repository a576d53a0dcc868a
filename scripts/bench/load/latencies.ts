/** Buckets per doubling: a percentile is at most 1.6 % too high. */
const STEPS = 64;
const STEP_BITS = 6;
const BUCKETS = STEPS * 27;

/** Counts durations in buckets of about the same relative width. */
export class Latencies {
  readonly #counts = new Float64Array(BUCKETS);
  count = 0;

  /** `ms` may have fractions; what is longer than a minute counts as a minute. */
  add(ms: number): void {
    const us = Math.min(Math.round(ms * 1000), 60_000_000);
    this.#counts[bucketOf(us)]!++;
    this.count++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.count = 0;
  }

  /** Milliseconds within which the fraction `part` of all durations lie; 0 without any. */
  percentile(part: number): number {
    const wanted = Math.ceil(this.count * part);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted && seen > 0) return upperEnd(bucket) / 1000;
    }
    return 0;
  }
}

function bucketOf(us: number): number {
  if (us < STEPS) return us;
  const shift = 31 - Math.clz32(us) - STEP_BITS;
  return STEPS * (shift + 1) + ((us >>> shift) - STEPS);
}

function upperEnd(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  return ((bucket % STEPS) + STEPS + 1) * 2 ** shift - 1;
}
