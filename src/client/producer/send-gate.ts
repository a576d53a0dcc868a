import type { Clock, Timer, Timers } from '../../platform/ports.ts';

/** One that waits until its broker group serves again. */
export interface GateWaiter {
  /** Monotonic milliseconds after which it waits no longer. */
  readonly deadlineMs: number;
  /** It is its turn to find out whether the group serves again. */
  look(): void;
  /** The group serves: tries again. */
  proceed(): void;
  /** The time is up. */
  expire(): void;
}

const FIRST_TICK_MS = 10;
const LONGEST_TICK_MS = 50;

/**
 * Where messages wait while no member of a broker group can take them. One of them tries every few milliseconds; as soon as a message
 * was stored all go on. So a change of leader is noticed at once, and a thousand waiting messages do not hammer the members meanwhile.
 */
export class SendGate {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #waiting = new Set<GateWaiter>();
  #timer: Timer | undefined;
  #tickMs = FIRST_TICK_MS;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  wait(waiter: GateWaiter): void {
    this.#waiting.add(waiter);
    this.#arm();
  }

  leave(waiter: GateWaiter): void {
    this.#waiting.delete(waiter);
    if (this.#waiting.size > 0 || this.#timer === undefined) return;
    this.#timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  /** The group serves: lets all go on. */
  open(): void {
    this.#tickMs = FIRST_TICK_MS;
    const waiters = [...this.#waiting];
    for (const waiter of waiters) this.leave(waiter);
    for (const waiter of waiters) waiter.proceed();
  }

  #arm(): void {
    this.#timer ??= this.#timers.after(this.#tickMs, () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    this.#tickMs = Math.min(LONGEST_TICK_MS, this.#tickMs + 1);
    const nowMs = this.#clock.monotonicMs();
    for (const waiter of [...this.#waiting]) {
      if (waiter.deadlineMs > nowMs) continue;
      this.#waiting.delete(waiter);
      waiter.expire();
    }
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#waiting.delete(first);
    if (this.#waiting.size > 0) this.#arm();
    first.look();
  }
}
