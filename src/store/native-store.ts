import { writeInt64 } from '../base/bytes.ts';
import { diskUsage } from '../log/disk-usage.ts';
import { lastUnitBefore } from '../log/last-unit.ts';
import { LogCleaner } from '../log/log-cleaner.ts';
import { asDiskError } from '../log/log-error.ts';
import type { RetainedFile } from '../log/retention.ts';
import type { DiskError, Platform, Timer } from '../platform/ports.ts';
import { RecordLayout } from '../protocol/message/record.ts';
import { FailureMark } from './failure-mark.ts';
import { LogMessageStore } from './log-message-store.ts';
import type { MessageStore, QueueOffsets, RecoveryPoint } from './message-store.ts';
import { NativeEnvelope } from './native-envelope.ts';
import {
  abortPath,
  checkpointPath,
  type NativeFiles,
  noteOffsets,
  offsetsPath,
  openNativeFiles,
  pointPath,
  readOffsets,
} from './native-files.ts';
import { NativeLog } from './native-log.ts';
import type { NativeStoreOptions, NativeStoreOwner } from './native-options.ts';
import { encodeStorePoint } from './store-point.ts';
import { storeTimestampOf } from './time-search.ts';
import { WriteLimit } from './write-limit.ts';

const REMOVAL_CHECK_MS = 1000;
const SPACE_CHECK_MS = 1000;
/** Kept free for internal records, so that a full disk cannot stop what a broker has to write down (raft/SAFETY.md 5). */
const RESERVED_BYTES = 16 << 20;
const CHECKPOINT_BYTES = 4096;

type Done = (error: DiskError | undefined) => void;

/** Bytes of a record's start that hold its store time, whatever its born host. */
const HEAD_BYTES = RecordLayout.BORN_HOST + 28;

/** Opens a store directory, one that RocketMQ wrote too. A sentence if it cannot be used. */
export function openNativeStore(
  platform: Platform,
  options: NativeStoreOptions,
  owner: NativeStoreOwner,
): NativeStore | string {
  try {
    const files = openNativeFiles(platform, options);
    return typeof files === 'string' ? files : new NativeStore(platform, options, owner, files);
  } catch (thrown) {
    const why = asDiskError(thrown).message;
    return `storePathRootDir=${options.root}: the directory cannot be used (${why}). Mend that, or set another one`;
  }
}

/**
 * The message store of a lone broker, with what belongs to its directory: lock, abort mark, recovery points, retention. Life: open, look at
 * `ownerState`, set handlers on `store`, `start`, `close`.
 */
export class NativeStore {
  readonly store: MessageStore;
  readonly #store: LogMessageStore;
  readonly #log: NativeLog;
  readonly #platform: Platform;
  readonly #options: NativeStoreOptions;
  readonly #owner: NativeStoreOwner;
  readonly #files: NativeFiles;
  readonly #cleaner: LogCleaner;
  readonly #writeLimit: WriteLimit;
  readonly #failure: FailureMark;
  readonly #timers: Timer[] = [];
  /** Position of the newest durable recovery point. */
  #pointPosition: number;
  #removedAtPoint = 0;
  /** Below it the state runs ahead of what is dispatched: the point that says so must stay. */
  #stateAt = 0;
  #pointWaiters: Done[] | undefined;

  constructor(platform: Platform, options: NativeStoreOptions, owner: NativeStoreOwner, files: NativeFiles) {
    const { timers, clock, logger } = platform;
    const { syncFlush, syncTimeoutMs, syncIntervalMs, maxPendingBytes, root } = options;
    this.#failure = new FailureMark(platform.disk, root);
    const fatal = (error: DiskError): void => this.#failed(error);
    const limits = { syncFlush, syncTimeoutMs, syncIntervalMs, maxPendingBytes };
    this.#writeLimit = new WriteLimit(platform, abortPath(root), options.writeAheadBytes);
    const controlled = options.cutHole !== undefined;
    const allowWrite = (end: number): DiskError | undefined => this.#writeLimit.allow(end);
    this.#log = new NativeLog({ ...limits, log: files.log, timers, clock, logger, allowWrite, controlled, fatal });
    const plain = { replicator: this.#log, records: this.#log };
    const streams = owner.replicate?.(this.#log, files.point?.position ?? files.log.endPosition) ?? plain;
    this.#store = new LogMessageStore(platform, root, streams, options.store);
    this.store = this.#store;
    this.#platform = platform;
    this.#options = options;
    this.#owner = owner;
    this.#files = files;
    this.#cleaner = this.#newCleaner();
    this.#stateAt = files.point?.stateAt ?? 0;
    this.#pointPosition = files.pointHolds && files.point !== undefined ? files.point.position : files.log.minPosition;
  }

  /** What the owner exported into the newest recovery point; internal records behind it come through the handler during `start`. */
  get ownerState(): Buffer | undefined {
    return this.#files.point?.ownerState;
  }

  /** An error of the disk ended the last run: what was not fsynced then may not be what it was. */
  get diskFailed(): boolean {
    return this.#files.diskFailed;
  }

  /** A stock broker wrote this directory, or nobody did: there is no recovery point. */
  get adopted(): boolean {
    return this.#files.point === undefined;
  }

  /** Builds what is derived, dispatches the rest of the log and accepts puts. Throws a sentence or the disk's error. */
  start(): void {
    const { point, pointHolds, unclean, log } = this.#files;
    const { root } = this.#options;
    if (unclean)
      this.#platform.logger.warn('the store was not closed: what it derives from the log is completed', {
        root,
        from: this.#pointPosition,
      });
    if (point === undefined || !pointHolds) {
      const known = [point?.queueOffsets ?? new Map(), readOffsets(this.#platform, root)];
      const note = (offsets: QueueOffsets): void => noteOffsets(this.#platform, root, offsets);
      this.#store.adopt(log.endPosition, !unclean, known, note);
    } else
      this.#store.recover({
        fromPosition: point.position,
        queueOffsets: point.queueOffsets,
        lastTimestamp: point.lastTimestamp,
        ...(point.stateAt === undefined ? {} : { stateAt: point.stateAt }),
      });
    this.#failure.forget();
    this.#writeLimit.open(log.endPosition);
    this.#store.start();
    this.#platform.disk.replaceFile(checkpointPath(root), this.#checkpoint(this.#store.lastTimestamp));
    this.#checkSpace();
    const { timers } = this.#platform;
    this.#timers.push(timers.every(this.#options.pointIntervalMs, () => this.#pointIfBehind()));
    this.#timers.push(timers.every(SPACE_CHECK_MS, () => this.#checkSpace()));
    this.#cleaner.start();
    this.#timers.push(timers.every(REMOVAL_CHECK_MS, () => this.#pointIfRemoved()));
    if (!pointHolds) this.#pointIfBehind();
  }

  /** A point that still names the queues of a removed topic would bring them back. */
  #pointIfRemoved(): void {
    if (this.#store.removedTopics === this.#removedAtPoint) return;
    this.makePoint((error) => {
      if (error !== undefined) this.#platform.logger.warn('no recovery point could be made', { error: error.message });
    });
  }

  #pointIfBehind(): void {
    if (this.#store.dispatchedPosition === this.#pointPosition && this.#files.pointHolds) return;
    this.makePoint((error) => {
      if (error !== undefined) this.#platform.logger.error('no recovery point could be made', { error: error.message });
    });
  }

  /** The state is that of this place while less is dispatched: a log that began late has it at once. */
  get stateAt(): number {
    return this.#stateAt;
  }

  /**
   * Makes the state of now durable: log, then what is derived, then the point itself. Calls that come while one is being made wait for the
   * same one. A store that has not come to the place of its newest point, as it is stopped before it has started, keeps that one: files before it may be gone.
   */
  makePoint(done: Done): void {
    if (this.#store.dispatchedPosition < Math.max(this.#stateAt, this.#pointPosition)) {
      done(undefined);
      return;
    }
    if (this.#pointWaiters !== undefined) {
      this.#pointWaiters.push(done);
      return;
    }
    this.#pointWaiters = [done];
    const position = this.#store.dispatchedPosition;
    const { lastTimestamp, removedTopics } = this.#store;
    const point = {
      position,
      lastTimestamp,
      queueOffsets: this.#store.queueOffsets(),
      ownerState: this.#owner.exportState(),
    };
    this.#log.syncTo(position, (logError) => {
      if (logError !== undefined) {
        this.#pointMade(logError);
        return;
      }
      this.#store.flushTo(position, (error) => {
        const failed = error ?? this.#writePoint(encodeStorePoint(point), lastTimestamp);
        if (failed === undefined) {
          this.#pointPosition = position;
          this.#removedAtPoint = removedTopics;
        }
        this.#pointMade(failed);
      });
    });
  }

  /**
   * Replication: this store is empty, and begins at `position` from now on, where the log begins that it is going to hold. False, and nothing changes, while a write is in flight. Throws
   * the disk's error.
   */
  beginAt(position: number): boolean {
    if (!this.#log.beginAt(position)) return false;
    this.#store.beginAt({ fromPosition: position, queueOffsets: new Map() });
    this.#pointPosition = position;
    return true;
  }

  /**
   * Replication: a store that began late, and holds nothing yet, gets the offsets of a later place of its log; the owner has the state of that place already. Durable at once: until
   * the log is there, no other recovery point is made.
   */
  adoptState(
    point: Pick<RecoveryPoint, 'queueOffsets'> & { readonly stateAt: number; readonly lastTimestamp: number },
  ): void {
    const position = this.#store.dispatchedPosition;
    const { stateAt, queueOffsets, lastTimestamp } = point;
    this.#store.beginAt({ fromPosition: position, stateAt, queueOffsets, lastTimestamp });
    this.#stateAt = stateAt;
    const ownerState = this.#owner.exportState();
    const bytes = encodeStorePoint({ position, stateAt, queueOffsets, lastTimestamp, ownerState });
    const write = (): void => {
      const failed = this.#writePoint(bytes, 0);
      if (failed !== undefined) this.#owner.fatal(failed);
    };
    // A point that is being made is of before.
    if (this.#pointWaiters === undefined) write();
    else this.#pointWaiters.push(write);
  }

  #writePoint(bytes: Buffer, lastTimestamp: number): DiskError | undefined {
    try {
      this.#platform.disk.replaceFile(pointPath(this.#options.root), bytes);
      this.#platform.disk.replaceFile(checkpointPath(this.#options.root), this.#checkpoint(lastTimestamp));
      this.#platform.disk.remove(offsetsPath(this.#options.root));
      return undefined;
    } catch (thrown) {
      return asDiskError(thrown);
    }
  }

  /**
   * RocketMQ's file, by which it recovers after a kill (StoreCheckpoint.java): from the log file of the smaller of the first two times it derives anew, index
   * files that end after the third it throws away. So it has to begin before the first index file whose slots are not written.
   */
  #checkpoint(lastTimestamp: number): Buffer {
    const index = this.#store.indexCompleteness;
    const times = [lastTimestamp, Math.min(lastTimestamp, index?.openMs ?? lastTimestamp), index?.completeMs ?? 0];
    const checkpoint = Buffer.alloc(CHECKPOINT_BYTES);
    for (const [at, time] of times.entries()) writeInt64(checkpoint, time, 8 * at);
    return checkpoint;
  }

  /** A full disk may have room again; anything else leaves it open what is durable. */
  #pointMade(error: DiskError | undefined): void {
    if (error !== undefined && error.code !== 'ENOSPC') this.#failed(error);
    const waiters = this.#pointWaiters ?? [];
    this.#pointWaiters = undefined;
    for (const done of waiters) done(error);
  }

  #failed(error: DiskError): void {
    if (!this.#failure.set())
      this.#platform.logger.error('the error of the disk cannot even be noted for the next start', {
        error: error.message,
      });
    this.#owner.fatal(error);
  }

  #checkSpace(): void {
    const { root, fullPercent } = this.#options;
    const { usedPercent, freeBytes } = diskUsage(this.#platform.disk, this.#files.log.directory);
    const full = freeBytes < RESERVED_BYTES || usedPercent > fullPercent;
    const text = `the disk of ${root} is full (${Math.floor(usedPercent)} % used, ${Math.floor(freeBytes / 2 ** 20)} MiB free): free space or lower fileReservedTime`;
    this.#log.setSpaceRefusal(full ? { status: 'disk-full', text } : undefined);
  }

  /** One look for files that may go now, as each `cleanResourceInterval` brings it. */
  clean(): void {
    this.#cleaner.run();
  }

  #newCleaner(): LogCleaner {
    const { log } = this.#files;
    return new LogCleaner({
      platform: this.#platform,
      settings: this.#options.retention,
      segments: log,
      remover: log,
      safePosition: () => Math.min(this.#pointPosition, this.#owner.safePosition?.() ?? this.#pointPosition),
      lastTimestamp: (file) => this.#lastTimestamp(file),
      removed: () => this.#store.trim(),
    });
  }

  /** Of the file's last record, or, where that is damaged, of the record behind the file, which is not older. */
  #lastTimestamp({ end }: RetainedFile): number | undefined {
    const last = lastUnitBefore(this.#files.log, new NativeEnvelope(), end);
    if (last !== undefined) return storeTimestampOf(last.buffer.subarray(last.offset, last.offset + last.size));
    const head = this.#log.readSync(end, HEAD_BYTES);
    return head === undefined || head.readInt32BE(0) === 0 ? undefined : storeTimestampOf(head);
  }

  /** Refuses puts, makes everything durable, and leaves the directory as closed. After an error the next start recovers. */
  close(done: Done): void {
    this.#cleaner.stop();
    for (const timer of this.#timers.splice(0)) this.#platform.timers.cancel(timer);
    this.#store.refusePuts();
    this.#log.syncTo(this.#log.endPosition, (syncError) => {
      const afterPoint = (pointError: DiskError | undefined): void => {
        this.#store.close((closeError) =>
          this.#log.close((logError) => this.#closed(syncError ?? pointError ?? closeError ?? logError, done)),
        );
      };
      if (syncError !== undefined) afterPoint(undefined);
      else if (this.#pointWaiters === undefined) this.makePoint(afterPoint);
      // A point is being made that may be older than the end: another one follows it.
      else this.makePoint(() => this.makePoint(afterPoint));
    });
  }

  #closed(error: DiskError | undefined, done: Done): void {
    if (error === undefined) {
      this.#platform.disk.remove(abortPath(this.#options.root));
      this.#platform.disk.syncDirectory(this.#options.root);
    }
    this.#files.lock.release();
    done(error);
  }
}
