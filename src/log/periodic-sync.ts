import type { DiskError, Timer, Timers } from '../platform/ports.ts';
import type { SegmentedLog } from './segmented-log.ts';

/** So often in an interval the log is looked at, at most, and not more often than every so many milliseconds. */
const MOST_LOOKS = 10;
const LEAST_LOOK_MS = 10;
/** More than this is not left for the end of the interval: a disk that gets a little often holds up writes and readers less than one that gets much at once. */
const SOON_BYTES = 4 << 20;

/**
 * Fsyncs the log every so often under ASYNC_FLUSH [flushIntervalCommitLog], as RocketMQ does, and sooner when much was written: bounds what a power failure takes from
 * this broker. Writes go on meanwhile. A failed fsync is final: the process has to stop.
 */
export class PeriodicSync {
  readonly #log: SegmentedLog;
  readonly #timers: Timers;
  readonly #intervalMs: number;
  readonly #looksPerInterval: number;
  readonly #onFailure: (error: DiskError) => void;
  #timer: Timer | undefined;
  #syncing = false;
  #looks = 0;
  readonly #done = (error: DiskError | undefined): void => {
    this.#syncing = false;
    if (error !== undefined) this.#onFailure(error);
  };

  constructor(log: SegmentedLog, timers: Timers, intervalMs: number, onFailure: (error: DiskError) => void) {
    this.#log = log;
    this.#timers = timers;
    this.#intervalMs = intervalMs;
    this.#looksPerInterval = Math.max(1, Math.min(MOST_LOOKS, Math.floor(intervalMs / LEAST_LOOK_MS)));
    this.#onFailure = onFailure;
  }

  start(): void {
    this.#timer = this.#timers.every(this.#intervalMs / this.#looksPerInterval, () => this.#look());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
  }

  #look(): void {
    this.#looks++;
    const unsynced = this.#log.writtenPosition - this.#log.syncedPosition;
    const due = this.#looks >= this.#looksPerInterval || unsynced >= SOON_BYTES;
    if (!due || this.#syncing) return;
    this.#looks = 0;
    if (unsynced === 0) return;
    this.#syncing = true;
    this.#log.syncWritten(this.#done);
  }
}
