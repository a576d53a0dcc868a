import { dirname } from 'node:path';
import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino';
import type { LogFields, Logger } from '../ports.ts';
import { formatLogLine } from './log-format.ts';
import { makeDirectory } from './make-directory.ts';

export interface NodeLoggerOptions {
  /** Lines below this level are dropped. Default `info`. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  /** File to append to (its directory is made); without it lines go to standard output. */
  readonly file?: string;
  /** One JSON object or one readable text per line. Default: text on a terminal, JSON elsewhere. */
  readonly format?: 'json' | 'text';
  /** Fields of every line, such as the node's name. */
  readonly fields?: LogFields;
}

/** A logger on pino. Lines are written synchronously: what was logged before a crash is there. Throws the system's error where the file cannot be made. */
export function createNodeLogger(options: NodeLoggerOptions = {}): Logger {
  if (options.file !== undefined) makeDirectory(dirname(options.file));
  const output = destination({ dest: options.file ?? 1, sync: true });
  const text = (options.format ?? (options.file === undefined && process.stdout.isTTY ? 'text' : 'json')) === 'text';
  const stream: DestinationStream = text ? { write: (line) => output.write(formatLogLine(line)) } : output;
  const settings = {
    level: options.level ?? 'info',
    base: options.fields ?? null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new NodeLogger(pino(settings, stream));
}

class NodeLogger implements Logger {
  readonly #pino: PinoLogger;

  constructor(logger: PinoLogger) {
    this.#pino = logger;
  }

  debug(message: string, fields?: LogFields): void {
    if (fields === undefined) this.#pino.debug(message);
    else this.#pino.debug(fields, message);
  }

  info(message: string, fields?: LogFields): void {
    if (fields === undefined) this.#pino.info(message);
    else this.#pino.info(fields, message);
  }

  warn(message: string, fields?: LogFields): void {
    if (fields === undefined) this.#pino.warn(message);
    else this.#pino.warn(fields, message);
  }

  error(message: string, fields?: LogFields): void {
    if (fields === undefined) this.#pino.error(message);
    else this.#pino.error(fields, message);
  }

  child(fields: LogFields): Logger {
    return new NodeLogger(this.#pino.child(fields));
  }
}
