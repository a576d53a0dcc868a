import type { LogFault } from '../log/log-error.ts';
import { type Recovery, recover } from '../log/recovery.ts';
import { SegmentedLog } from '../log/segmented-log.ts';
import type { DirectoryLock, Platform } from '../platform/ports.ts';
import { NativeEnvelope } from './native-envelope.ts';
import type { NativeStoreOptions } from './native-options.ts';
import { decodeStorePoint, type StorePoint } from './store-point.ts';

/** What a native store's directory holds, after the log was recovered. */
export interface NativeFiles {
  readonly log: SegmentedLog;
  readonly lock: DirectoryLock;
  /** Undefined: a stock broker wrote the directory, or it is new. */
  readonly point: StorePoint | undefined;
  /** The last run did not close the store. */
  readonly unclean: boolean;
}

export const pointPath = (root: string): string => `${root}/ledgermq.point`;
export const abortPath = (root: string): string => `${root}/abort`;
export const checkpointPath = (root: string): string => `${root}/checkpoint`;

/** How far behind the end of a cleanly closed log to look for bytes that should not be there. */
const CLEAN_SEARCH_BYTES = 1 << 20;
/** Files that are checked without a recovery point after a clean end (RocketMQ: recoverNormally). */
const CHECKED_FILES = 3;

/** Locks the directory, opens the log and finds its end. A sentence if it cannot be used. Throws the disk's error. */
export function openNativeFiles(platform: Platform, options: NativeStoreOptions): NativeFiles | string {
  const { disk } = platform;
  const { root } = options;
  disk.makeDirectory(root);
  const lock = disk.lock(root);
  if (lock === undefined)
    return `the store directory ${root} is in use by another process: stop it, or set storePathRootDir to another directory`;
  const result = openLog(platform, options);
  if (typeof result === 'string') {
    lock.release();
    return result;
  }
  return { ...result, lock };
}

function openLog(platform: Platform, options: NativeStoreOptions): Omit<NativeFiles, 'lock'> | string {
  const { root } = options;
  const envelope = new NativeEnvelope();
  const log = SegmentedLog.open({
    disk: platform.disk,
    directory: options.commitLogDirectory ?? `${root}/commitlog`,
    segmentBytes: options.segmentBytes,
    envelope,
    ...(options.tailBytes === undefined ? {} : { tailBytes: options.tailBytes }),
    ...(options.chunkBytes === undefined ? {} : { chunkBytes: options.chunkBytes }),
  });
  if (!(log instanceof SegmentedLog)) return (log satisfies LogFault).message;
  const unclean = platform.disk.exists(abortPath(root));
  const point = readPoint(platform, root);
  if (typeof point === 'string') return point;
  if (point !== undefined && (point.position < log.minPosition || point.position > log.files.maxPosition)) {
    return `${pointPath(root)} names position ${point.position}, but the commit log has ${log.minPosition} to ${log.files.maxPosition}: files of it are missing; bring them back`;
  }
  const from = point?.position ?? firstChecked(log, unclean);
  const recovery = recover(log, {
    envelope,
    from,
    syncedMark: point?.position ?? 0,
    ...(unclean ? {} : { searchBytes: CLEAN_SEARCH_BYTES }),
  });
  const end = endOf(platform, recovery, point?.position ?? 0, options);
  if (typeof end === 'string') return end;
  log.start(end, point?.position ?? log.minPosition);
  return { log, point, unclean };
}

function firstChecked(log: SegmentedLog, unclean: boolean): number {
  const { segments } = log.files;
  return unclean ? log.minPosition : (segments.at(-CHECKED_FILES)?.start ?? log.minPosition);
}

function readPoint(platform: Platform, root: string): StorePoint | undefined | string {
  const bytes = platform.disk.readFile(pointPath(root));
  if (bytes === undefined) return undefined;
  const point = decodeStorePoint(bytes);
  if (typeof point !== 'string') return point;
  return `${pointPath(root)} cannot be read: ${point}. It holds topics, groups and consumer offsets: bring back a copy of it`;
}

function endOf(
  platform: Platform,
  recovery: Recovery,
  syncedMark: number,
  options: NativeStoreOptions,
): number | string {
  const { unfinishedCut } = options;
  if (unfinishedCut !== undefined && unfinishedCut <= recovery.end) return unfinishedCut;
  if (recovery.kind === 'rot') {
    if (options.cutHole !== undefined && recovery.end >= syncedMark) {
      options.cutHole(recovery.position);
      return recovery.end;
    }
    if (options.cutAt !== recovery.position) {
      return `${recovery.message}. Nothing was changed; to give up everything from there on, start once with --cut-at ${recovery.position}`;
    }
    platform.logger.warn('the commit log is cut by order', { file: recovery.file, position: recovery.position });
  }
  if (recovery.kind === 'torn') {
    platform.logger.warn('the last write of the commit log was torn and is cut off', {
      file: recovery.file,
      position: recovery.position,
    });
  }
  return recovery.end;
}
