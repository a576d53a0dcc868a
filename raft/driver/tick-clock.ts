/** Ticks that are made up for in one call: more would let an election time out before what peers sent meanwhile was read. */
const maxAtOnce = 3;

/**
 * How many ticks are due by a monotonic clock. Timers of a busy process come late and are left out; the ticks that this cost are made up for in later calls, a few in
 * each and `maxOwed` at most, so that the core's timeouts are times (raft/SAFETY.md 4).
 */
export class TickClock {
  readonly #tickMs: number;
  readonly #maxOwed: number;
  /** Everything before was ticked. */
  #tickedMs: number;

  constructor(tickMs: number, maxOwed: number, nowMs: number) {
    this.#tickMs = tickMs;
    this.#maxOwed = maxOwed;
    this.#tickedMs = nowMs;
  }

  /** To be called about every `tickMs`: at least 1. */
  due(nowMs: number): number {
    this.#tickedMs = Math.max(this.#tickedMs, nowMs - this.#maxOwed * this.#tickMs);
    const owed = Math.floor((nowMs - this.#tickedMs) / this.#tickMs);
    const due = Math.max(1, Math.min(owed, maxAtOnce));
    this.#tickedMs += due * this.#tickMs;
    return due;
  }
}
