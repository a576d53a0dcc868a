/** A time for which the drill's own process did nothing: clients and links stood still with it. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

const TICK_MS = 10;
/** Shorter ones are no news. */
const SHORTEST_MS = 20;

/** Notices when the process that measures is itself held up, by a busy machine or by its own work: its figures are too high by that. */
export class OwnPauses {
  readonly #nowMs: () => number;
  readonly #pauses: Pause[] = [];
  readonly #timer: NodeJS.Timeout;
  #lastMs: number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#lastMs = nowMs();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The longest one in this time, ms, of which counts what lies in it; 0 without one. */
  longestIn(fromMs: number, toMs: number): number {
    const lengths = this.#pauses.map((pause) => Math.min(pause.toMs, toMs) - Math.max(pause.fromMs, fromMs));
    return Math.max(0, ...lengths);
  }

  /** Those that were as long as this, oldest first. */
  atLeast(ms: number): readonly Pause[] {
    return this.#pauses.filter(({ fromMs, toMs }) => toMs - fromMs >= ms);
  }

  #tick(): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#lastMs - TICK_MS >= SHORTEST_MS) this.#pauses.push({ fromMs: this.#lastMs, toMs: nowMs });
    this.#lastMs = nowMs;
  }
}
