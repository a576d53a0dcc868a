import type { PortError } from '../../raft/index.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import type { Timer, Timers } from '../../src/platform/ports.ts';

/**
 * Fsyncs the log every so often under ASYNC_FLUSH [flushIntervalCommitLog], as RocketMQ does: bounds what a power failure takes from this member. A failed
 * fsync is final: the process has to stop.
 */
export class PeriodicSync {
  readonly #log: SegmentedLog;
  readonly #timers: Timers;
  readonly #intervalMs: number;
  readonly #onFailure: (error: PortError) => void;
  #timer: Timer | undefined;
  #syncing = false;
  readonly #done = (error: PortError | undefined): void => {
    this.#syncing = false;
    if (error !== undefined) this.#onFailure(error);
  };

  constructor(log: SegmentedLog, timers: Timers, intervalMs: number, onFailure: (error: PortError) => void) {
    this.#log = log;
    this.#timers = timers;
    this.#intervalMs = intervalMs;
    this.#onFailure = onFailure;
  }

  start(): void {
    this.#timer = this.#timers.every(this.#intervalMs, () => this.#sync());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
  }

  #sync(): void {
    if (this.#syncing || this.#log.syncedPosition === this.#log.writtenPosition) return;
    this.#syncing = true;
    this.#log.syncWritten(this.#done);
  }
}
