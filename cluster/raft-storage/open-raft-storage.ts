import type { Platform } from '../../src/platform/ports.ts';
import { type DoubtDecision, decideDoubt, powerMayHaveFailed } from './doubt.ts';
import type { DurableLog } from './durable-log.ts';
import { freshRecord, HardStateFile, type HardStateRead, type MemberName, readHardState } from './hard-state.ts';
import { bootIdHex, doubtReasons, type HardStateRecord } from './hard-state-codec.ts';
import { openDurableLog } from './open-durable-log.ts';
import { ReceivedSnapshots } from './received-snapshot.ts';
import type { Snapshot } from './snapshot-codec.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { readStockState, type StockState } from './stock-dledger.ts';

/**
 * How far behind the last good entry to look for surviving ones. A process crash leaves no hole (the page cache takes a write from front to back), a power
 * failure that left one puts the node in doubt; what is left is rot, and a bad place of this size is a lost disk. Reading the whole file would take a second for 1 GiB.
 */
export const searchBytes = 64 << 20;

export interface RaftStorageOptions extends MemberName {
  readonly platform: Platform;
  /** The member's directory (storePathRootDir/dledger-ID): `data/`, `snapshots/`, `hardstate`. */
  readonly directory: string;
  /** Length of a data file (mappedFileSizeCommitLog). */
  readonly segmentBytes: number;
  /** First position of the group; 0 in a fresh one. */
  readonly firstPosition: number;
  readonly syncFlush: boolean;
  /** The group has this member alone. */
  readonly aloneInGroup: boolean;
  readonly tailBytes?: number;
  readonly chunkBytes?: number;
}

export interface RaftStorage {
  readonly log: DurableLog;
  readonly hardState: HardStateFile;
  readonly snapshots: SnapshotStore;
  /** The newest snapshot that the log confirms, or the one that a leader sent: the state to start from. */
  readonly snapshot: Snapshot | undefined;
  /** Entries up to here are committed, and reflected in what was derived from them before. */
  readonly appliedIndex: number;
  readonly received: ReceivedSnapshots;
  readonly doubt: DoubtDecision;
  /** In doubt since the store was empty, and no doubt-vote was cast since. */
  readonly fresh: boolean;
  /** There was a readable hard state: the number of this start (`hardState.record`) was counted up. Otherwise peers may ask for a higher one. */
  readonly incarnationFromDisk: boolean;
}

/** One sentence why this member cannot start with this directory; nothing was changed. */
export interface StorageFault {
  readonly message: string;
}

/**
 * Opens a member's directory in the order that raft/FORMATS.md 3 demands: read the hard state, recover and fsync the log, decide about doubt from
 * the old boot id and flags, then one fsynced save of all that together. Only then may a frame go to a peer. Throws the disk's error.
 */
export function openRaftStorage(options: RaftStorageOptions): RaftStorage | StorageFault {
  const { platform, directory } = options;
  const { disk, logger, timers } = platform;
  const path = `${directory}/hardstate`;
  for (const name of ['data', 'snapshots']) disk.makeDirectory(`${directory}/${name}`);
  disk.syncDirectory(directory);
  disk.syncDirectory(directory.slice(0, directory.lastIndexOf('/')) || '/');
  const read = readHardState(disk, path, options);
  if (read.kind === 'refused') return read;
  const stock = read.kind === 'ok' ? undefined : readStockState(disk, directory);
  if (typeof stock === 'string') return { message: stock };

  const bootId = bootIdHex(platform.process.bootId());
  const snapshots = new SnapshotStore(disk, `${directory}/snapshots`, logger);
  const received = new ReceivedSnapshots(disk, `${directory}/snapshots`, logger);
  const given = received.takeOver(
    `${directory}/data`,
    options.segmentBytes,
    snapshots.list().map((index) => snapshots.pathOf(index)),
  );
  const loaded = snapshots.loadAll();
  const { segmentBytes, firstPosition, tailBytes, chunkBytes } = options;
  const diskFailed = read.kind === 'ok' && read.record.ioError;
  const wasInDoubt = read.kind === 'ok' && read.record.inDoubt;
  const sizeIsKnown = loaded.some(({ header }) => header.dataFileSize === segmentBytes);
  const opened = openDurableLog({
    disk,
    timers,
    directory: `${directory}/data`,
    segmentBytes,
    firstPosition,
    firstWrotePosition: firstWrotePosition(read, stock),
    checkpoints: loaded.map(({ header }) => header),
    searchBytes,
    syncedMark: read.kind === 'ok' ? read.record.syncedMark?.endPosition : undefined,
    // A hole that a power failure or a failed fsync may have left is cut with all behind it, and puts the node in doubt: a leader makes it whole.
    mayCut: () => diskFailed || wasInDoubt || powerMayHaveFailed(read, bootId),
    hasPeers: !options.aloneInGroup,
    ...(options.aloneInGroup ? {} : { lengthen: sizeIsKnown ? ('always' as const) : ('by-names' as const) }),
    rewrite: diskFailed,
    ...(tailBytes === undefined ? {} : { tailBytes }),
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
  });
  if (!('log' in opened)) return opened;
  const { log, cut, tornWrite, endLost, checkpoint, discarded } = opened;
  const cutAtStart = log.segments.minPosition > firstPosition;
  const needed = cutAtStart && checkpoint === undefined && given === undefined;
  const kept = needed ? loaded.find((snapshot) => cannotTell(log, snapshot)) : undefined;
  const pending = given ?? kept;
  if (needed && kept === undefined) {
    log.close();
    const text = `${directory}/data begins at entry ${log.firstIndex - 1}, and no usable snapshot covers what came before: `;
    return { message: `${text}empty ${directory} to let the other members restore this one` };
  }
  for (const { index } of discarded) if (index !== kept?.header.index) snapshots.discard(index);
  if (kept !== undefined) received.putOwnInForce(snapshots, kept.header.index);
  const last = { index: log.lastIndex, term: log.lastTerm, chainCrc: log.chainCrc(log.lastIndex) };
  const adopted = read.kind === 'absent' && stock !== undefined && last.index > 0 && options.aloneInGroup && !cut;
  const doubt = adopted
    ? { reason: doubtReasons.none, message: '' }
    : decideDoubt({
        hardState: read,
        bootId,
        recoveryCut: cut,
        tornWrite,
        holeCut: endLost || lacksEnd(log, kept),
        last,
      });
  const record = nextRecord(options, read, stock, doubt, bootId, log, pending);
  const hardState = HardStateFile.begin(disk, path, record, read.kind === 'ok' ? read.slot : undefined);
  // A member obeys its leader's flush mode: that it acknowledged from its page cache must be known at a start after a power failure.
  if (!record.asyncAcks) log.beforeUnsynced((done) => hardState.saveFlushMode(false, done));
  const own = loaded.find(({ header }) => header.index === checkpoint?.index);
  if (own !== undefined) received.forget();
  const snapshot = own ?? pending;
  const fresh = doubt.reason === doubtReasons.emptyStore;
  const incarnationFromDisk = read.kind === 'ok' && !lostItsCount(read.record);
  // What derives from the log is only known to reflect what an own snapshot covers: behind a leader's, all that the log holds is to be applied.
  const beforeLog = log.firstIndex - (cutAtStart ? 2 : 1);
  const appliedIndex = own?.header.index ?? (pending === undefined ? 0 : beforeLog);
  return {
    log,
    hardState,
    snapshots,
    snapshot,
    appliedIndex,
    received,
    doubt,
    fresh,
    incarnationFromDisk,
  };
}

/** The log is damaged, or was cut, where the snapshot's entry stood: it does not contradict the snapshot, and where retention has shortened it nothing else tells what came before. */
function cannotTell(log: DurableLog, { header }: Snapshot): boolean {
  return header.index > log.lastIndex || log.gaps.covers(header.index);
}

/** A snapshot is made when its entry is fsynced: one ahead of the log proves that the log has lost its end. */
function lacksEnd(log: DurableLog, snapshot: Snapshot | undefined): boolean {
  return snapshot !== undefined && snapshot.header.index > log.lastIndex;
}

/**
 * An earlier start found no readable hard state, and nobody has made this member whole since: peers may have seen higher numbers, of which that start perhaps did
 * not hear before it ended.
 */
function lostItsCount({ inDoubt, doubtReason }: HardStateRecord): boolean {
  return inDoubt && (doubtReason === doubtReasons.emptyStore || doubtReason === doubtReasons.unreadableHardState);
}

function firstWrotePosition(read: HardStateRead, stock: StockState | undefined): number | undefined {
  if (read.kind === 'ok') return read.record.firstWrotePosition;
  return stock === undefined ? 0 : undefined;
}

/** The record of this start. */
function nextRecord(
  options: RaftStorageOptions,
  read: HardStateRead,
  stock: StockState | undefined,
  doubt: DoubtDecision,
  bootId: string,
  log: DurableLog,
  pending: Snapshot | undefined,
): HardStateRecord {
  const { memberId, groupName } = options;
  const fresh = freshRecord({ memberId, groupName });
  const old = read.kind === 'ok' ? read.record : { ...fresh, term: stock?.term ?? 0, vote: stock?.vote ?? '' };
  const ahead = log.lastTerm > old.term;
  return {
    ...old,
    term: ahead ? log.lastTerm : old.term,
    vote: ahead ? '' : old.vote,
    incarnation: old.incarnation + 1,
    groupId: old.groupId === '' ? (pending?.header.groupId ?? '') : old.groupId,
    bootId,
    inDoubt: doubt.reason !== doubtReasons.none,
    doubtReason: doubt.reason,
    cleanStop: false,
    ioError: false,
    asyncAcks: !options.syncFlush,
    syncAcks: options.syncFlush,
    firstWrotePosition: log.firstWrotePosition,
    firstWroteIndex: read.kind === 'ok' ? old.firstWroteIndex : stock === undefined ? 1 : log.lastIndex + 1,
  };
}
