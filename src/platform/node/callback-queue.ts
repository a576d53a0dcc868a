/** Callbacks that run once, in the order in which they came. */
export class CallbackQueue {
  #waiting: (() => void)[] = [];
  #running: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  push(callback: () => void): void {
    this.#waiting.push(callback);
  }

  /** Runs what waits now. A callback that throws does not take those behind it with it: they wait on, before what was pushed meanwhile. */
  run(): void {
    const callbacks = this.#waiting;
    this.#waiting = this.#running;
    this.#running = callbacks;
    let done = 0;
    try {
      while (done < callbacks.length) (callbacks[done++] as () => void)();
    } finally {
      if (done < callbacks.length) this.#waiting.unshift(...callbacks.slice(done));
      callbacks.length = 0;
    }
  }
}
