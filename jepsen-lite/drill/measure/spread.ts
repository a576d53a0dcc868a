/** How figures of several trials lie. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Undefined without figures. Percentiles are by nearest rank: each is one of the figures, and p95 of fewer than 20 is the highest. */
export function spreadOf(figures: readonly number[]): Spread | undefined {
  if (figures.length === 0) return undefined;
  const sorted = [...figures].sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: rankOf(sorted, 0),
    p50: rankOf(sorted, 0.5),
    p95: rankOf(sorted, 0.95),
    max: rankOf(sorted, 1),
  };
}

/** The figure below or at which this share of an ascending list lies; NaN for none. */
export function rankOf(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
