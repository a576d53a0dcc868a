/** Whether a virtual process runs; what would happen in it while it does not waits. */
export class Halt {
  #halted = false;
  #held: (() => void)[] = [];
  #timers: (() => void)[] = [];

  /** SIGSTOP. */
  begin(): void {
    this.#halted = true;
  }

  /** SIGCONT: what came over sockets and from the disk happens at once, in its order; timers that were due in the meantime later, as `later` says. */
  end(later: (run: () => void) => void): void {
    const [held, timers] = [this.#held, this.#timers];
    this.#halted = false;
    this.#held = [];
    this.#timers = [];
    for (const run of held) run();
    later(() => {
      for (const run of timers) this.timer(run);
    });
  }

  /** Runs it now, or when the process goes on. */
  event(run: () => void): void {
    if (this.#halted) this.#held.push(run);
    else run();
  }

  /** The same for a timer. */
  timer(run: () => void): void {
    if (this.#halted) this.#timers.push(run);
    else run();
  }
}
