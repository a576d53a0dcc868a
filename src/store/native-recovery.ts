import { readInt64 } from '../base/bytes.ts';
import { lastUnitBefore } from '../log/last-unit.ts';
import { type Recovery, recover } from '../log/recovery.ts';
import type { SegmentedLog } from '../log/segmented-log.ts';
import type { Logger } from '../platform/ports.ts';
import { BLANK_BYTES } from '../protocol/message/record.ts';
import { NativeEnvelope } from './native-envelope.ts';
import { ReadProgress } from './read-progress.ts';
import type { StorePoint } from './store-point.ts';
import { storeTimestampOf } from './time-search.ts';
import { wayOn } from './way-on.ts';

export interface NativeRecoveryInput {
  readonly point: StorePoint | undefined;
  /** The last run did not close the store. */
  readonly unclean: boolean;
  /** Nothing was ever written behind it; see `WriteLimit`. */
  readonly writeLimit: number | undefined;
  /** An operator's order to give up everything from this damaged place on. */
  readonly cutAt: number | undefined;
  /** RocketMQ's checkpoint file, if there is one. */
  readonly checkpoint: Buffer | undefined;
  /** See `NativeStoreOptions`. */
  readonly unfinishedCut: number | undefined;
  readonly cutHole: ((position: number) => void) | undefined;
}

export interface RecoveredEnd {
  /** Where the log ends. */
  readonly end: number;
  /** Everything below is known to be fsynced. */
  readonly syncedMark: number;
  /** The log was intact at the recovery point, which may be used. */
  readonly pointHolds: boolean;
  /** The end was set by the operator or by replication: more may have been there. */
  readonly cut: boolean;
}

/** How far behind the end of a cleanly closed log to look for bytes that should not be there. */
const CLEAN_SEARCH_BYTES = 1 << 20;
/** Files that are checked without a recovery point after a clean end (RocketMQ: recoverNormally). */
const CHECKED_FILES = 3;

/**
 * Finds where a native log ends and changes nothing. Cut off is only a last write that did not complete, above everything that is known to be
 * fsynced, and only if nothing intact follows it; all other damage is a sentence with file, position and the operator's way on (raft/SAFETY.md 3, 9).
 */
export function recoverNative(logger: Logger, log: SegmentedLog, input: NativeRecoveryInput): RecoveredEnd | string {
  const { point, cutAt } = input;
  const { minPosition } = log;
  const { maxPosition } = log.files;
  const usable = point !== undefined && point.position >= minPosition && point.position <= maxPosition;
  if (point !== undefined && point.position > maxPosition && cutAt === undefined)
    return `the recovery point names position ${point.position}, but the commit log has ${minPosition} to ${maxPosition}: files of it are missing; bring them back, or give up what they held: ${wayOn(input.cutHole !== undefined, endOfFiles(log, point.position))}`;
  if (point !== undefined && point.position < minPosition)
    logger.warn('the recovery point lies before the oldest log file, another program has removed files since', {
      point: point.position,
      minPosition,
    });
  const from = scanFrom(log, input, usable);
  const syncedMark = point !== undefined && point.position >= minPosition ? point.position : 0;
  const { recovery, newest } = scan(logger, log, input, from, syncedMark);
  const later = cutAt === undefined ? laterFormat(log, recovery) : undefined;
  if (later !== undefined) return later;
  const replicated = replicationEnd(recovery, syncedMark, input);
  if (replicated !== undefined) return endedAt(replicated, minPosition, usable ? point : undefined);
  const damage = damageOf(recovery, newest, input);
  if (cutAt !== undefined && (damage === undefined || placeOf(recovery) === cutAt))
    return cutByOrder(logger, recovery, cutAt, minPosition, usable ? point : undefined);
  if (damage !== undefined)
    return `${damage}. Nothing was changed; to give up everything from there on, ${wayOn(input.cutHole !== undefined, placeOf(recovery))}`;
  if (recovery.kind === 'torn')
    logger.warn('the last write of the commit log was torn and is cut off', {
      file: recovery.file,
      position: recovery.position,
    });
  return { end: recovery.end, syncedMark: usable ? point.position : minPosition, pointHolds: usable, cut: false };
}

/** A place from which units can be read: the recovery point, if a record ends there; else the start of a file. */
function scanFrom(log: SegmentedLog, { point, unclean, cutAt }: NativeRecoveryInput, usable: boolean): number {
  const { segments } = log.files;
  const usual = unclean ? log.minPosition : (segments.at(-CHECKED_FILES)?.start ?? log.minPosition);
  const from = usable && point !== undefined ? checkedPoint(log, point.position) : usual;
  if (cutAt === undefined || cutAt >= from || cutAt < log.minPosition) return from;
  return log.files.startOf(cutAt);
}

/** What another program did to the log since may have left no record's end there: then the whole file is read. */
function checkedPoint(log: SegmentedLog, position: number): number {
  if (position === log.minPosition) return position;
  const start = log.files.startOf(position - 1);
  return lastUnitBefore(log, new NativeEnvelope(), position) === undefined ? start : position;
}

function scan(
  logger: Logger,
  log: SegmentedLog,
  { unclean, cutHole, writeLimit }: NativeRecoveryInput,
  from: number,
  syncedMark: number,
): { recovery: Recovery; newest: number } {
  let newest = 0;
  const progress = new ReadProgress(logger, 'checking the commit log', from, log.files.maxPosition);
  const recovery = recover(log, {
    envelope: new NativeEnvelope(),
    from,
    syncedMark,
    // Where holes are cut anyway, what survives behind one is not looked for through a whole sparse file.
    ...(unclean && cutHole === undefined ? {} : { searchBytes: CLEAN_SEARCH_BYTES }),
    ...(writeLimit === undefined ? {} : { searchLimit: writeLimit }),
    visit: (buffer, offset, size, position) => {
      progress.at(position);
      newest = Math.max(newest, storeTimestampOf(buffer.subarray(offset, offset + size)));
    },
  });
  return { recovery, newest };
}

const placeOf = (recovery: Recovery): number => (recovery.kind === 'clean' ? recovery.end : recovery.position);

/** Says that a later version has written on where the log cannot be read any more: its messages are neither damaged nor torn. With records of a known format behind it, it is one of those, damaged. */
function laterFormat(log: SegmentedLog, recovery: Recovery): string | undefined {
  if (recovery.kind === 'clean' || recovery.position >= log.files.maxPosition) return undefined;
  if (recovery.kind === 'rot' && recovery.validAt !== undefined) return undefined;
  const { file, position } = recovery;
  const header = log.readSync(position, BLANK_BYTES);
  const size = header.length < BLANK_BYTES ? 0 : header.readInt32BE(0);
  if (size <= 0 || size > log.segmentBytes) return undefined;
  const magic = new NativeEnvelope().laterMagicAt(log.readSync(position, size), 0, position);
  if (magic === undefined) return undefined;
  return `${file} holds messages in a format that this version does not know, from position ${position} on (magic 0x${magic.toString(16)}): a later version wrote them. Nothing was changed; start the version that wrote them`;
}

/** What is wrong with the log that no torn write explains. Without a point, RocketMQ's checkpoint tells up to which store time it was fsynced. */
function damageOf(recovery: Recovery, newest: number, { point, checkpoint }: NativeRecoveryInput): string | undefined {
  if (recovery.kind === 'rot') return recovery.message;
  if (point !== undefined || checkpoint === undefined || checkpoint.length < 8) return undefined;
  const fsyncedMs = readInt64(checkpoint, 0);
  if (newest >= fsyncedMs) return undefined;
  return `the commit log ends at position ${placeOf(recovery)} with a message stored at ${newest}, but its checkpoint says that messages up to ${fsyncedMs} (ms) were fsynced`;
}

/** Where replication, which has what is lost here from others, ends the log: at a cut that was under way, or before a hole above the recovery point. */
function replicationEnd(recovery: Recovery, syncedMark: number, input: NativeRecoveryInput): number | undefined {
  const { unfinishedCut, cutHole } = input;
  if (unfinishedCut !== undefined && unfinishedCut <= recovery.end) return unfinishedCut;
  if (recovery.kind !== 'rot' || cutHole === undefined || recovery.end < syncedMark) return undefined;
  cutHole(recovery.position);
  return recovery.end;
}

function endedAt(end: number, minPosition: number, point: StorePoint | undefined): RecoveredEnd {
  const pointHolds = point !== undefined && point.position <= end;
  return { end, syncedMark: pointHolds ? point.position : minPosition, pointHolds, cut: !pointHolds };
}

function cutByOrder(
  logger: Logger,
  recovery: Recovery,
  cutAt: number,
  minPosition: number,
  point: StorePoint | undefined,
): RecoveredEnd | string {
  if (placeOf(recovery) !== cutAt)
    return `--cut-at ${cutAt}: the commit log is not damaged there, it can be read up to position ${placeOf(recovery)}; nothing was changed, start without it to see what is wrong`;
  logger.warn('the commit log is cut by order', { position: cutAt, end: recovery.end });
  return { ...endedAt(recovery.end, minPosition, point), cut: true };
}

/** Where the last file ends to be readable. */
function endOfFiles(log: SegmentedLog, syncedMark: number): number {
  const from = log.files.segments.at(-1)?.start ?? log.minPosition;
  return placeOf(recover(log, { envelope: new NativeEnvelope(), from, syncedMark }));
}
