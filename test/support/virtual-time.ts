import { Heap } from '../../src/base/heap.ts';
import type { Clock, Timer, Timers } from '../../src/platform/ports.ts';
import { Halt } from './halt.ts';

/** One thing that will happen at a virtual time. */
export interface VirtualEvent {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * Virtual time: events in order of (time, sequence). One turn is everything that is due at the next instant, followed by the callbacks
 * registered for the end of the turn and those for its very last. Time stands still unless `advance`, `runUntil`, `run` or `runTurn` moves it.
 */
export class VirtualTime {
  #nowMs = 0;
  #sequence = 0;
  #endOfTurn: (() => void)[] = [];
  #lastInTurn: (() => void)[] = [];
  readonly #events = new Heap<VirtualEvent>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence),
  );

  /** Monotonic milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, run: () => void): VirtualEvent {
    const event = { atMs: this.#nowMs + Math.max(0, delayMs), sequence: this.#sequence++, run, cancelled: false };
    this.#events.push(event);
    return event;
  }

  atEndOfTurn(callback: () => void): void {
    this.#endOfTurn.push(callback);
  }

  atLastInTurn(callback: () => void): void {
    this.#lastInTurn.push(callback);
  }

  /** Runs the next turn if it is due by `limitMs` (absolute); false if nothing is. */
  runTurn(limitMs = Number.POSITIVE_INFINITY): boolean {
    this.#dropCancelled();
    const atMs = this.#endOfTurn.length + this.#lastInTurn.length > 0 ? this.#nowMs : this.#events.peek()?.atMs;
    if (atMs === undefined || atMs > limitMs) return false;
    this.#nowMs = atMs;
    const due: VirtualEvent[] = [];
    while (this.#events.peek()?.atMs === atMs) due.push(this.#events.pop() as VirtualEvent);
    for (const event of due) if (!event.cancelled) event.run();
    const callbacks = this.#endOfTurn;
    this.#endOfTurn = [];
    for (const callback of callbacks) callback();
    const outputs = this.#lastInTurn;
    this.#lastInTurn = [];
    for (const output of outputs) output();
    return true;
  }

  /** Runs all turns that are due within `ms` from now, and leaves the clock there. Code that awaits promises needs `run`. */
  advance(ms: number): void {
    const limitMs = this.#nowMs + ms;
    while (this.runTurn(limitMs));
    this.#nowMs = limitMs;
  }

  /** Runs turns until the condition holds; throws if that takes more than `limitMs` of virtual time. */
  runUntil(condition: () => boolean, limitMs = 60_000): void {
    const deadlineMs = this.#nowMs + limitMs;
    while (!condition()) {
      if (!this.runTurn(deadlineMs)) throw new Error(`the condition did not come true within ${limitMs} virtual ms`);
    }
  }

  /** Like `advance`, but lets promises drain between turns. */
  async run(ms: number): Promise<void> {
    const limitMs = this.#nowMs + ms;
    await drainPromises();
    while (this.runTurn(limitMs)) await drainPromises();
    this.#nowMs = limitMs;
  }

  /** Runs turns until the promise settles, and gives its result; throws after `limitMs` of virtual time. */
  async settle<Result>(promise: Promise<Result>, limitMs = 60_000): Promise<Result> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    const deadlineMs = this.#nowMs + limitMs;
    await drainPromises();
    while (!settled) {
      if (!this.runTurn(deadlineMs)) throw new Error(`the promise did not settle within ${limitMs} virtual ms`);
      await drainPromises();
    }
    return promise;
  }

  #dropCancelled(): void {
    while (this.#events.peek()?.cancelled) this.#events.pop();
  }
}

/** Resolves after all promise continuations that can run have run. */
function drainPromises(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}

/** The clock of one virtual process; `wallOffsetMs` moves its wall time, as an administrator or NTP would. */
export class VirtualClock implements Clock {
  readonly #time: VirtualTime;
  wallOffsetMs = Date.UTC(2026, 0, 1);

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  nowMs(): number {
    return Math.floor(this.#time.nowMs + this.wallOffsetMs);
  }

  monotonicMs(): number {
    return this.#time.nowMs;
  }

  /** The machine stands in Greenwich. */
  localHour(): number {
    return Math.floor(this.nowMs() / 3_600_000) % 24;
  }
}

/** Timers of one virtual process: they die with it. */
export class VirtualTimers implements Timers {
  readonly #time: VirtualTime;
  readonly #alive: () => boolean;
  readonly #halt: Halt;
  #pending = 0;

  constructor(time: VirtualTime, alive: () => boolean, halt = new Halt()) {
    this.#time = time;
    this.#alive = alive;
    this.#halt = halt;
  }

  /** Timers that have neither fired nor been cancelled: what a clean shutdown leaves at 0. */
  get pending(): number {
    return this.#pending;
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.#start(Math.max(delayMs, 1), undefined, callback);
  }

  every(periodMs: number, callback: () => void): Timer {
    const atLeastOneMs = Math.max(periodMs, 1);
    return this.#start(atLeastOneMs, atLeastOneMs, callback);
  }

  cancel(timer: Timer): void {
    const state = timer as VirtualTimer;
    if (state.done) return;
    state.done = true;
    state.event.cancelled = true;
    this.#pending--;
  }

  endOfTurn(callback: () => void): void {
    this.#time.atEndOfTurn(() => {
      if (this.#alive()) callback();
    });
  }

  lastInTurn(callback: () => void): void {
    this.#time.atLastInTurn(() => {
      if (this.#alive()) callback();
    });
  }

  #start(delayMs: number, periodMs: number | undefined, callback: () => void): Timer {
    const fire = () => {
      if (!this.#alive()) return;
      if (periodMs === undefined) this.cancel(timer);
      else timer.event = this.#time.schedule(periodMs, due);
      callback();
    };
    const due = () => this.#halt.timer(() => !timer.done && fire());
    const timer: VirtualTimer = { event: this.#time.schedule(delayMs, due), done: false };
    this.#pending++;
    return timer;
  }
}

interface VirtualTimer {
  event: VirtualEvent;
  done: boolean;
}
