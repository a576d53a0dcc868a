import type { Timer, Timers } from '../ports.ts';
import { CallbackQueue } from './callback-queue.ts';

/** Longest delay that Node keeps; a longer one would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** Node's timers. The end of a turn is one `setImmediate`, however many callbacks wait. */
export class NodeTimers implements Timers {
  readonly #work = new CallbackQueue();
  readonly #output = new CallbackQueue();
  /** The end of a turn is to come, or under way. */
  #planned = false;
  readonly #endTurn = () => this.#runWaiting();

  after(delayMs: number, callback: () => void): Timer {
    return setTimeout(callback, Math.min(Math.ceil(delayMs), maxDelayMs));
  }

  every(periodMs: number, callback: () => void): Timer {
    return setInterval(callback, Math.min(Math.ceil(periodMs), maxDelayMs));
  }

  cancel(timer: Timer): void {
    clearTimeout(timer as NodeJS.Timeout);
  }

  endOfTurn(callback: () => void): void {
    this.#work.push(callback);
    this.#plan();
  }

  lastInTurn(callback: () => void): void {
    this.#output.push(callback);
    this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(this.#endTurn);
  }

  #runWaiting(): void {
    try {
      this.#work.run();
      this.#output.run();
    } finally {
      this.#planned = false;
      if (!this.#work.isEmpty || !this.#output.isEmpty) this.#plan();
    }
  }
}
