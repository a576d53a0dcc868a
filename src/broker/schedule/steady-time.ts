import type { Clock } from '../../platform/ports.ts';

/** Differences below this are drift and slewing, not jumps. */
const JUMP_MS = 1_000;

interface Jump {
  /** Wall time right after the jump was noticed. */
  readonly atMs: number;
  readonly byMs: number;
}

/**
 * Tells when a delay that is anchored in wall time is over, though the wall clock may jump: a message stored before a jump forwards waits
 * that much longer. A delay may end late, never early. Jumps are noticed when `observe` is called, so call it at least each second.
 */
export class SteadyTime {
  readonly #clock: Clock;
  readonly #jumps: Jump[] = [];
  #wallMs: number;
  #monotonicMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wallMs = clock.nowMs();
    this.#monotonicMs = clock.monotonicMs();
  }

  observe(): void {
    const wallMs = this.#clock.nowMs();
    const monotonicMs = this.#clock.monotonicMs();
    const byMs = wallMs - this.#wallMs - (monotonicMs - this.#monotonicMs);
    if (byMs > JUMP_MS) this.#jumps.push({ atMs: wallMs, byMs });
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
  }

  /** Milliseconds until something due at wall time `dueMs`, and stored at `storedMs`, may happen; 0 or less: now. */
  remainingMs(storedMs: number, dueMs: number): number {
    let shiftMs = 0;
    for (const { atMs, byMs } of this.#jumps) if (storedMs < atMs && dueMs + shiftMs > atMs - byMs) shiftMs += byMs;
    return dueMs + shiftMs - this.#wallMs;
  }
}
