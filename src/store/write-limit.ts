import { asDiskError } from '../log/log-error.ts';
import type { DiskError, Platform } from '../platform/ports.ts';

/**
 * Up to where the log's files may have been written: behind the process id in the abort file, which is there while the store is open (RocketMQ looks only whether it exists, and writes it
 * anew). Raised, durably, before anything is written behind it, so that a start after a kill need not look through the rest of a sparse file for what survived.
 */
export class WriteLimit {
  readonly #platform: Platform;
  readonly #path: string;
  readonly #stepBytes: number;
  #limit = 0;

  /** `path`: of the abort file. */
  constructor(platform: Platform, path: string, stepBytes: number) {
    this.#platform = platform;
    this.#path = path;
    this.#stepBytes = stepBytes;
  }

  /** Marks the store as open, with a log that ends at `end`. Throws the disk's error. */
  open(end: number): void {
    this.#limit = end + this.#stepBytes;
    const { disk, process } = this.#platform;
    disk.replaceFile(this.#path, Buffer.from(`${process.pid}\n${this.#limit}\n`));
  }

  /** The log is going to be written up to `end`. */
  allow(end: number): DiskError | undefined {
    if (end <= this.#limit) return undefined;
    try {
      this.open(end);
      return undefined;
    } catch (thrown) {
      this.#limit = 0;
      return asDiskError(thrown);
    }
  }
}

/** The limit of the run that did not close the store; undefined if it left none. */
export function readWriteLimit({ disk }: Platform, path: string): number | undefined {
  const limit = Number(disk.readFile(path)?.toString().split('\n')[1] || Number.NaN);
  return Number.isSafeInteger(limit) ? limit : undefined;
}
