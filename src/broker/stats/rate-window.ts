/** Totals sampled at a fixed period, from which rates over the last samples are made. */
export class RateWindow {
  readonly #samples: { atMs: number; total: number }[] = [];
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** `atMs` is monotonic. */
  sample(atMs: number, total: number): void {
    this.#samples.push({ atMs, total });
    if (this.#samples.length > this.#kept) this.#samples.shift();
  }

  /** Growth since the last sample that is at least `windowMs` old (the oldest one if none is), and the time since then in seconds. */
  growth(nowMs: number, total: number, windowMs: number): { sum: number; seconds: number } {
    const from = this.#samples.findLast(({ atMs }) => atMs <= nowMs - windowMs) ?? this.#samples[0];
    if (from === undefined || nowMs <= from.atMs) return { sum: 0, seconds: 0 };
    return { sum: total - from.total, seconds: (nowMs - from.atMs) / 1_000 };
  }

  perSecond(nowMs: number, total: number, windowMs: number): number {
    const { sum, seconds } = this.growth(nowMs, total, windowMs);
    return seconds === 0 ? 0 : sum / seconds;
  }
}
