import type { Output } from '../admin-command.ts';

const EVERY_MS = 2_000;

/** A line about how far long work is, every two seconds. */
export class ProgressLines {
  readonly #output: Output;
  readonly #what: string;
  #nextMs = performance.now() + EVERY_MS;

  constructor(output: Output, what: string) {
    this.#output = output;
    this.#what = what;
  }

  at(count: number): void {
    if (performance.now() < this.#nextMs) return;
    this.#nextMs = performance.now() + EVERY_MS;
    this.#output.print(`${count} ${this.#what} ...\n`);
  }
}
