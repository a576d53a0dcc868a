/** Totals sampled at a fixed period, from which rates over the last samples are made. */
export class RateWindow {
  readonly #atMs: number[] = [];
  readonly #totals: number[] = [];
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** `atMs` is monotonic. */
  sample(atMs: number, total: number): void {
    this.#atMs.push(atMs);
    this.#totals.push(total);
    if (this.#atMs.length <= this.#kept) return;
    this.#atMs.shift();
    this.#totals.shift();
  }

  /** Growth since the last sample that is at least `windowMs` old (the oldest one if none is), and the time since then in seconds. */
  growth(nowMs: number, total: number, windowMs: number): { sum: number; seconds: number } {
    const from = Math.max(
      0,
      this.#atMs.findLastIndex((atMs) => atMs <= nowMs - windowMs),
    );
    const fromMs = this.#atMs[from] ?? nowMs;
    if (nowMs <= fromMs) return { sum: 0, seconds: 0 };
    return { sum: total - (this.#totals[from] ?? total), seconds: (nowMs - fromMs) / 1_000 };
  }

  perSecond(nowMs: number, total: number, windowMs: number): number {
    const { sum, seconds } = this.growth(nowMs, total, windowMs);
    return seconds === 0 ? 0 : sum / seconds;
  }
}
