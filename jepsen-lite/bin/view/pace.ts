const MS_PER_SECOND = 1_000;
/** As many seconds are remembered. */
const KEPT = 300;

/** How many operations are acknowledged a second, now and before. */
export class Pace {
  #atMs: number | undefined;
  #acknowledged = 0;
  readonly #perSecond: number[] = [];

  /** The total at a moment; figures are renewed once a second. */
  see(acknowledged: number, nowMs: number): void {
    if (this.#atMs !== undefined) {
      const sinceMs = nowMs - this.#atMs;
      if (sinceMs < MS_PER_SECOND) return;
      this.#perSecond.push(((acknowledged - this.#acknowledged) / sinceMs) * MS_PER_SECOND);
    }
    if (this.#perSecond.length > KEPT) this.#perSecond.shift();
    this.#atMs = nowMs;
    this.#acknowledged = acknowledged;
  }

  /** In the last second; 0 at first. */
  get now(): number {
    return this.#perSecond.at(-1) ?? 0;
  }

  /** One figure a second, the newest last. */
  get before(): readonly number[] {
    return this.#perSecond;
  }
}
