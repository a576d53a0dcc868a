const EVERY_MS = 10_000;

/** A line that tells how far it is: renewed in place on a terminal, else every ten seconds. */
export class Progress {
  #shownAt = performance.now();
  #length = 0;

  show(line: string): void {
    if (process.stderr.isTTY) {
      // A line that is wider than the terminal could not be renewed.
      const shown = line.slice(0, (process.stderr.columns ?? line.length + 1) - 1);
      process.stderr.write(`\r${shown.padEnd(this.#length)}`);
      this.#length = shown.length;
    } else if (performance.now() - this.#shownAt >= EVERY_MS) {
      this.#shownAt = performance.now();
      process.stderr.write(`${line}\n`);
    }
  }

  /** Makes room for something else. */
  clear(): void {
    if (process.stderr.isTTY && this.#length > 0) process.stderr.write(`\r${' '.repeat(this.#length)}\r`);
    this.#length = 0;
  }
}
