import type { Timer, Timers } from '../ports.ts';

/** Longest delay that Node keeps; a longer one would fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** Node's timers. `endOfTurn` is one `setImmediate` per turn, however many callbacks wait. */
export class NodeTimers implements Timers {
  #waiting: (() => void)[] = [];
  #running: (() => void)[] = [];
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
    if (this.#waiting.length === 0) setImmediate(this.#endTurn);
    this.#waiting.push(callback);
  }

  #runWaiting(): void {
    const callbacks = this.#waiting;
    this.#waiting = this.#running;
    this.#running = callbacks;
    let done = 0;
    try {
      while (done < callbacks.length) (callbacks[done++] as () => void)();
    } finally {
      // A callback that threw must not take those behind it with it: they go before what was registered meanwhile.
      if (done < callbacks.length) this.#runLater(callbacks.slice(done));
      callbacks.length = 0;
    }
  }

  #runLater(callbacks: (() => void)[]): void {
    if (this.#waiting.length === 0) setImmediate(this.#endTurn);
    this.#waiting.unshift(...callbacks);
  }
}
