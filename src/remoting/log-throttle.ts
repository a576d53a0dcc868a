import type { Clock, LogFields, Logger } from '../platform/ports.ts';

const windowMs = 1000;

/** Keeps what a peer can provoke from flooding the log: so many lines a second, the rest is counted in the next line. */
export class LogThrottle {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #linesPerSecond: number;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #suppressed = 0;

  constructor(logger: Logger, clock: Clock, linesPerSecond = 10) {
    this.#logger = logger;
    this.#clock = clock;
    this.#linesPerSecond = linesPerSecond;
  }

  warn(message: string, fields: LogFields): void {
    if (this.#mayLog()) this.#logger.warn(message, this.#withCount(fields));
  }

  error(message: string, fields: LogFields): void {
    if (this.#mayLog()) this.#logger.error(message, this.#withCount(fields));
  }

  #mayLog(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines < this.#linesPerSecond) {
      this.#lines++;
      return true;
    }
    this.#suppressed++;
    return false;
  }

  #withCount(fields: LogFields): LogFields {
    if (this.#suppressed === 0) return fields;
    const suppressedLines = this.#suppressed;
    this.#suppressed = 0;
    return { ...fields, suppressedLines };
  }
}
