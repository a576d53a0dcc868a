import type { Logger } from '../platform/ports.ts';
import type { SegmentedLog } from './segmented-log.ts';

/** A file that may be asked about; the last file of a log is never offered. */
export interface RetainedFile {
  readonly path: string;
  /** Position of its first byte and of the one behind its last. */
  readonly start: number;
  readonly end: number;
}

export interface RetentionRule {
  readonly nowMs: number;
  /** Files whose last record is older go (RocketMQ: fileReservedTime). */
  readonly reservedMs: number;
  /** Nothing at or above may go: the smaller of the commit position and the newest durable snapshot's. */
  readonly safePosition: number;
  /** The disk is too full: files go although they are young; the safe position holds all the same. */
  readonly forced: boolean;
  /** Files to remove in one run at most (RocketMQ: deleteFileBatchMax). */
  readonly maxFiles: number;
  /** storeTimestamp of a file's last record; undefined if it cannot be told, which keeps the file unless `forced`. */
  lastTimestamp(file: RetainedFile): number | undefined;
}

export interface DeletableFile extends RetainedFile {
  /** Age of its last record; undefined if unknown. */
  readonly ageMs: number | undefined;
  /** False: it goes only because the disk is too full. */
  readonly expired: boolean;
}

/** The files of a log that retention may consider, oldest first. */
export function retainedFiles(log: SegmentedLog): RetainedFile[] {
  const { segments, segmentBytes } = log.files;
  return segments.slice(0, -1).map(({ path, start }) => ({ path, start, end: start + segmentBytes }));
}

/**
 * Decides which files go: the oldest ones, without a gap, that lie below the safe position and are older than the rule allows. Age counts from
 * the last record, not from the file's modification time, which a copy or a truncation changes.
 */
export function filesToDelete(files: readonly RetainedFile[], rule: RetentionRule): DeletableFile[] {
  const result: DeletableFile[] = [];
  for (const file of files) {
    if (result.length >= rule.maxFiles || file.end > rule.safePosition) break;
    const timestamp = rule.lastTimestamp(file);
    const ageMs = timestamp === undefined ? undefined : rule.nowMs - timestamp;
    const expired = ageMs !== undefined && ageMs > rule.reservedMs;
    if (!rule.forced && !expired) break;
    result.push({ ...file, ageMs, expired });
  }
  return result;
}

/** Removes what was decided, one file after another, and logs each with its age; returns the paths. Throws the disk's error. */
export function deleteFiles(
  log: Pick<SegmentedLog, 'deleteBefore'>,
  files: readonly DeletableFile[],
  logger: Logger,
): string[] {
  const removed: string[] = [];
  for (const file of files) {
    for (const path of log.deleteBefore(file.end)) {
      removed.push(path);
      const { ageMs, expired, start } = file;
      const why = expired ? 'deleted an expired log file' : 'deleted a log file before its time: the disk is too full';
      logger.info(why, { file: path, ageMs, start });
    }
  }
  return removed;
}
