import type { Logger } from '../platform/ports.ts';

const STEP_BYTES = 1 << 30;

/** Tells people how far a long read of the log has got: a line for each GiB, none for shorter reads. */
export class ReadProgress {
  readonly #logger: Logger;
  readonly #what: string;
  readonly #to: number;
  #next: number;

  constructor(logger: Logger, what: string, from: number, to: number) {
    this.#logger = logger;
    this.#what = what;
    this.#to = to;
    this.#next = to - from > STEP_BYTES ? from + STEP_BYTES : Number.POSITIVE_INFINITY;
  }

  /** The record at `position` is being read. */
  at(position: number): void {
    if (position < this.#next) return;
    this.#next = position + STEP_BYTES;
    this.#logger.info(this.#what, { position, to: this.#to });
  }
}
