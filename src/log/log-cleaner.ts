import type { Platform, Timer } from '../platform/ports.ts';
import { diskUsage } from './disk-usage.ts';
import { deleteFiles, filesToDelete, type RetainedFile, retainedFiles } from './retention.ts';
import type { SegmentedLog } from './segmented-log.ts';

/** When files of a log go; RocketMQ's keys in brackets. */
export interface RetentionSettings {
  /** Hours of the day, local time, in which expired files go [deleteWhen]. */
  readonly deleteHours: readonly number[];
  /** Age of a file's last record from which it is expired [fileReservedTime]. */
  readonly reservedMs: number;
  /** Period of the looks [cleanResourceInterval]. */
  readonly intervalMs: number;
  /** Time between two files [deleteCommitLogFilesInterval]. */
  readonly pauseMs: number;
  /** Files that go in one look at most [deleteFileBatchMax]. */
  readonly maxFiles: number;
  /** Used share of the disk, in percent, above which expired files go at any hour [diskMaxUsedSpaceRatio]. */
  readonly expiredPercent: number;
  /** The same, above which the oldest files go although they are young [diskSpaceCleanForciblyRatio]; undefined: never [cleanFileForciblyEnable=false]. */
  readonly forcedPercent: number | undefined;
}

export interface LogCleanerOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'disk' | 'logger'>;
  readonly settings: RetentionSettings;
  readonly segments: SegmentedLog;
  /** Removes the files wholly below a position; the log, or what keeps an account of it. */
  readonly remover: Pick<SegmentedLog, 'deleteBefore'>;
  /** Nothing at or above may go, also when the disk is too full. */
  safePosition(): number;
  /** What somebody still reads from here on, kept while the disk is not too full. */
  keepFrom?(): number;
  /** storeTimestamp of a file's last record; undefined if it cannot be told. */
  lastTimestamp(file: RetainedFile): number | undefined;
  /** Files went. */
  removed(): void;
}

/**
 * Removes a log's old files, one after another with a pause between. Each file is decided on when its turn comes: forced cleaning ends with the file that
 * brings the disk below the watermark.
 */
export class LogCleaner {
  readonly #options: LogCleanerOptions;
  #stopped = false;
  #looks: Timer | undefined;
  #next: Timer | undefined;
  /** The age of the oldest file, which is asked for at each look. */
  #oldest: { readonly start: number; readonly timestamp: number } | undefined;

  constructor(options: LogCleanerOptions) {
    this.#options = options;
  }

  start(): void {
    const { platform, settings } = this.#options;
    this.#looks = platform.timers.every(settings.intervalMs, () => this.run());
  }

  /** The last look, for good: the directory may be another store's by now, and whoever still wants one gets none. */
  stop(): void {
    this.#stopped = true;
    const { timers } = this.#options.platform;
    for (const timer of [this.#looks, this.#next]) if (timer !== undefined) timers.cancel(timer);
    this.#looks = undefined;
    this.#next = undefined;
  }

  /** One look; does nothing while the files of the last one are still going. A disk that fails here is logged, and the files stay. */
  run(): void {
    if (this.#next === undefined && !this.#stopped) this.#step(this.#options.settings.maxFiles);
  }

  #step(filesLeft: number): void {
    const { platform, settings } = this.#options;
    this.#next = undefined;
    try {
      if (!this.#removeOne() || filesLeft <= 1) return;
    } catch (error) {
      platform.logger.warn('old log files could not be removed', { reason: (error as Error).message });
      return;
    }
    this.#next = platform.timers.after(settings.pauseMs, () => this.#step(filesLeft - 1));
  }

  #removeOne(): boolean {
    const { platform, settings, segments, remover, removed } = this.#options;
    const { clock, disk, logger } = platform;
    const { usedPercent } = diskUsage(disk, segments.directory);
    const forced = settings.forcedPercent !== undefined && usedPercent > settings.forcedPercent;
    const due = settings.deleteHours.includes(clock.localHour()) || usedPercent > settings.expiredPercent;
    if (!due && !forced) return false;
    const files = filesToDelete(retainedFiles(segments), {
      nowMs: clock.nowMs(),
      reservedMs: settings.reservedMs,
      safePosition: this.#limit(forced),
      forced,
      maxFiles: 1,
      lastTimestamp: (file) => this.#lastTimestamp(file),
    });
    if (files.length === 0 || deleteFiles(remover, files, logger).length === 0) return false;
    removed();
    return true;
  }

  #limit(forced: boolean): number {
    const { safePosition, keepFrom } = this.#options;
    return forced || keepFrom === undefined ? safePosition() : Math.min(safePosition(), keepFrom());
  }

  #lastTimestamp(file: RetainedFile): number | undefined {
    if (this.#oldest?.start === file.start) return this.#oldest.timestamp;
    const timestamp = this.#options.lastTimestamp(file);
    if (timestamp !== undefined) this.#oldest = { start: file.start, timestamp };
    return timestamp;
  }
}
