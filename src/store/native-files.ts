import type { LogFault } from '../log/log-error.ts';
import { SegmentedLog } from '../log/segmented-log.ts';
import type { DirectoryLock, Platform } from '../platform/ports.ts';
import { FailureMark } from './failure-mark.ts';
import type { QueueOffsets } from './message-store.ts';
import { NativeEnvelope } from './native-envelope.ts';
import type { NativeStoreOptions } from './native-options.ts';
import { type RecoveredEnd, recoverNative } from './native-recovery.ts';
import { decodeStorePoint, encodeStorePoint, newerVersion, type StorePoint } from './store-point.ts';
import { readWriteLimit } from './write-limit.ts';

/** What a native store's directory holds, after the log was recovered. */
export interface NativeFiles {
  readonly log: SegmentedLog;
  readonly lock: DirectoryLock;
  /** Undefined: a stock broker wrote the directory, or it is new. */
  readonly point: StorePoint | undefined;
  /** The point is of use: the log reaches back to it. If not, what is derived comes from the log and its queues alone. */
  readonly pointHolds: boolean;
  /** The last run did not close the store. */
  readonly unclean: boolean;
  /** An error of the disk ended the last run. */
  readonly diskFailed: boolean;
}

export const pointPath = (root: string): string => `${root}/ledgermq.point`;
/** Next offsets that no record of the log tells, while queues are built anew without a recovery point; in the form of one. */
export const offsetsPath = (root: string): string => `${root}/ledgermq.offsets`;
export const abortPath = (root: string): string => `${root}/abort`;
export const checkpointPath = (root: string): string => `${root}/checkpoint`;

/** Locks the directory, opens the log and finds its end. A sentence if it cannot be used. Throws the disk's error. */
export function openNativeFiles(platform: Platform, options: NativeStoreOptions): NativeFiles | string {
  const { disk } = platform;
  const { root } = options;
  disk.makeDirectory(root);
  const lock = disk.lock(root);
  if (lock === undefined)
    return `the store directory ${root} is in use by another process: stop it, or set storePathRootDir to another directory`;
  const result = groupDirectory(platform, options) ?? openLog(platform, options);
  if (typeof result === 'string') {
    lock.release();
    return result;
  }
  return { ...result, lock };
}

const commitLogDirectory = ({ root, commitLogDirectory }: NativeStoreOptions): string =>
  commitLogDirectory ?? `${root}/commitlog`;

/** The directory of a group's member has its messages elsewhere: a native log beside them begins anew, or is one that the group has left behind. */
function groupDirectory({ disk }: Platform, { root }: NativeStoreOptions): string | undefined {
  const member = disk.list(root).find((name) => /^dledger-\w+$/.test(name));
  if (member === undefined) return undefined;
  return `the store directory ${root} belongs to a member of a DLedger group (${root}/${member}): set enableDLegerCommitLog=true and the group's keys; to move its messages to a broker of another kind, give that one an empty storePathRootDir and use mqadmin exportStore and importStore while the group runs. Nothing was changed`;
}

function openLog(platform: Platform, options: NativeStoreOptions): Omit<NativeFiles, 'lock'> | string {
  const { disk } = platform;
  const { root } = options;
  const log = SegmentedLog.open({
    disk,
    directory: commitLogDirectory(options),
    segmentBytes: options.segmentBytes,
    envelope: new NativeEnvelope(),
    ...(options.tailBytes === undefined ? {} : { tailBytes: options.tailBytes }),
    ...(options.chunkBytes === undefined ? {} : { chunkBytes: options.chunkBytes }),
  });
  if (!(log instanceof SegmentedLog)) return (log satisfies LogFault).message;
  const unclean = disk.exists(abortPath(root));
  const point = readPoint(platform, root);
  if (typeof point === 'string') return point;
  if (options.refuseState === true && point !== undefined && point.ownerState.length > 0)
    return `the store directory ${root} belongs to a broker of Controller mode, and ${pointPath(root)} holds its topics, groups and offsets: set enableControllerMode=true and controllerAddr; to move its messages to a broker of another kind, give that one an empty storePathRootDir and use mqadmin exportStore and importStore while the set runs. Nothing was changed`;
  const { cutAt, unfinishedCut, cutHole } = options;
  const checkpoint = disk.readFile(checkpointPath(root));
  const writeLimit = readWriteLimit(platform, abortPath(root));
  const known = { point, unclean, writeLimit, cutAt, checkpoint, unfinishedCut, cutHole };
  const recovered = recoverNative(platform.logger, log, known);
  if (typeof recovered === 'string') return recovered;
  if (recovered.cut && point !== undefined && point.position > recovered.end) {
    // A point that reflects what is given up must be gone before the log is cut.
    disk.remove(pointPath(root));
    disk.syncDirectory(root);
  }
  const diskFailed = startLog(platform, root, log, recovered);
  return { log, point, unclean: unclean || recovered.cut, pointHolds: recovered.pointHolds, diskFailed };
}

/** Fsyncs what is there, and first writes anew what an fsync that failed may have left in the page cache alone; whether that was so. Throws the disk's error. */
function startLog({ disk }: Platform, root: string, log: SegmentedLog, { end, syncedMark }: RecoveredEnd): boolean {
  const mark = new FailureMark(disk, root);
  const diskFailed = mark.isSet;
  try {
    log.start(end, syncedMark, diskFailed);
  } catch (thrown) {
    mark.set();
    throw thrown;
  }
  return diskFailed;
}

/** What a start noted that did not live to make a recovery point. Throws a sentence or the disk's error. */
export function readOffsets({ disk }: Platform, root: string): QueueOffsets {
  const bytes = disk.readFile(offsetsPath(root));
  if (bytes === undefined) return new Map();
  const noted = decodeStorePoint(bytes);
  if (typeof noted !== 'string') return noted.queueOffsets;
  throw new Error(
    `${offsetsPath(root)} cannot be read: ${noted}. It holds where queues go on whose messages are all deleted: remove it to let them begin at 0`,
  );
}

/** Durable before what else tells these offsets is removed. Throws the disk's error. */
export function noteOffsets({ disk }: Platform, root: string, queueOffsets: QueueOffsets): void {
  const note = { position: 0, lastTimestamp: 0, queueOffsets, ownerState: Buffer.alloc(0) };
  if (queueOffsets.size > 0) disk.replaceFile(offsetsPath(root), encodeStorePoint(note));
}

function readPoint(platform: Platform, root: string): StorePoint | undefined | string {
  const bytes = platform.disk.readFile(pointPath(root));
  if (bytes === undefined) return undefined;
  const newer = newerVersion(bytes);
  if (newer !== undefined)
    return `${pointPath(root)} has format ${newer}, which a newer version of this program wrote: start that version with this directory. Nothing was changed`;
  const point = decodeStorePoint(bytes);
  if (typeof point !== 'string') return point;
  return `${pointPath(root)} cannot be read: ${point}. It holds topics, groups and consumer offsets: bring back a copy of it`;
}
