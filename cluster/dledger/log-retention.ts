import { deleteFiles, filesToDelete, type RetainedFile, retainedFiles } from '../../src/log/retention.ts';
import type { Clock, Disk, Logger, Timer, Timers } from '../../src/platform/ports.ts';
import type { MessageStore } from '../../src/store/message-store.ts';
import { storeTimestampOf } from '../../src/store/time-search.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { entryHeaderBytes, entryIndex } from '../raft-storage/entry.ts';

/** RocketMQ's keys in brackets. */
export interface LogRetentionOptions {
  readonly log: DurableLog;
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly disk: Disk;
  readonly logger: Logger;
  /** Period of the look [cleanResourceInterval]. */
  readonly intervalMs: number;
  /** [fileReservedTime] */
  readonly reservedMs: number;
  /** Used share of the disk, in percent, above which the oldest files go although they are young [diskSpaceCleanForciblyRatio]; undefined: never. */
  readonly forcedPercent: number | undefined;
  /** Files that go in one look at most [deleteFileBatchMax]. */
  readonly maxFiles: number;
  /** Nothing at or above is removed: the end of the newest durable snapshot, which lies below commit. */
  readonly safePosition: () => number;
  /** What is still needed from here on, while the disk is not too full: a member catches up. */
  readonly keepFrom: () => number;
}

/**
 * Removes log files whose last record is older than the reserved time, and what the consume queues and the index say about them. Only what a
 * durable snapshot covers goes, also when the disk is too full (raft/SAFETY.md 5).
 */
export class LogRetention {
  readonly #options: LogRetentionOptions;
  #timer: Timer | undefined;

  constructor(options: LogRetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = this.#options.timers.every(this.#options.intervalMs, () => this.run());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.cancel(this.#timer);
  }

  /** One look. A disk that fails here is logged: the files stay. */
  run(): void {
    const { log, store, clock, logger, reservedMs, maxFiles, safePosition, keepFrom } = this.#options;
    try {
      const forced = this.#isForced();
      const files = filesToDelete(retainedFiles(log.segments), {
        nowMs: clock.nowMs(),
        reservedMs,
        safePosition: forced ? safePosition() : Math.min(safePosition(), keepFrom()),
        forced,
        maxFiles,
        lastTimestamp: (file) => this.#lastTimestamp(file),
      });
      if (files.length === 0) return;
      deleteFiles(log, files, logger);
      store.trim();
    } catch (error) {
      logger.warn('Old log files could not be removed', { reason: (error as Error).message });
    }
  }

  #isForced(): boolean {
    const { disk, log, forcedPercent } = this.#options;
    if (forcedPercent === undefined) return false;
    const { freeBytes, totalBytes } = disk.space(log.segments.directory);
    return totalBytes > 0 && (1 - freeBytes / totalBytes) * 100 > forcedPercent;
  }

  /** Store time of the last record of a file: of the entry before the next file's first. */
  #lastTimestamp(file: RetainedFile): number | undefined {
    const { log } = this.#options;
    const header = log.segments.readSync(file.end, entryHeaderBytes);
    const index = entryIndex(header, 0) - 1;
    let timestamp: number | undefined;
    log.forEachEntry(index, index, (buffer, bodyOffset, bodyLength) => {
      for (let at = 0; at < bodyLength; ) {
        const size = buffer.readInt32BE(bodyOffset + at);
        timestamp = storeTimestampOf(buffer.subarray(bodyOffset + at, bodyOffset + at + size));
        at += size;
      }
    });
    return timestamp;
  }
}
