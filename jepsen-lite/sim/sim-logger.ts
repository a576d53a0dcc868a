import type { LogFields, Logger } from '../../src/platform/ports.ts';

export interface LogLine {
  readonly atMicros: number;
  readonly node: string;
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** Keeps the newest log lines of all processes of a world. Nothing of it enters the trace: error texts differ between engines. */
export class LogBook {
  readonly #now: () => number;
  readonly #most: number;
  lines: LogLine[] = [];
  /** Hears each line. */
  heard: (line: LogLine) => void = () => {};

  constructor(now: () => number, most: number) {
    this.#now = now;
    this.#most = most;
  }

  add(node: string, level: string, message: string, fields: LogFields | undefined): void {
    if (this.lines.length >= 2 * this.#most) this.lines = this.lines.slice(-this.#most);
    const line = { atMicros: this.#now(), node, level, message, fields };
    this.lines.push(line);
    this.heard(line);
  }
}

/** Writes into the world's log book. */
export class SimLogger implements Logger {
  readonly #book: LogBook;
  readonly #node: string;
  readonly #fields: LogFields;

  constructor(book: LogBook, node: string, fields: LogFields) {
    this.#book = book;
    this.#node = node;
    this.#fields = fields;
  }

  debug(): void {}

  info(message: string, fields?: LogFields): void {
    this.#book.add(this.#node, 'info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#book.add(this.#node, 'warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#book.add(this.#node, 'error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new SimLogger(this.#book, this.#node, { ...this.#fields, ...fields });
  }
}
