/** How figures of several trials lie; undefined where the rank falls on a trial that has none. */
export interface Spread {
  /** Of the trials that have one. */
  readonly count: number;
  readonly min: number | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly max: number | undefined;
}

/**
 * Undefined without trials. Percentiles are by nearest rank: each is one of the figures, and p95 of fewer than 20 is the highest. What a trial has not (undefined) is
 * higher than all that others have.
 */
export function spreadOf(figures: readonly (number | undefined)[]): Spread | undefined {
  if (figures.length === 0) return undefined;
  const known = figures.filter((figure) => figure !== undefined);
  const sorted = [...known.sort((a, b) => a - b), ...Array(figures.length - known.length).fill(undefined)];
  const at = (share: number): number | undefined => sorted[rankAt(sorted.length, share)] as number | undefined;
  return { count: known.length, min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** The figure below or at which this share of an ascending list lies; NaN for none. */
export function rankOf(sorted: readonly number[], share: number): number {
  return sorted[rankAt(sorted.length, share)] ?? Number.NaN;
}

/** Place of that rank in an ascending list. */
function rankAt(length: number, share: number): number {
  return Math.max(0, Math.ceil(share * length) - 1);
}
