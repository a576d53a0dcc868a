import { UNIT_BLANK } from '../log/envelope.ts';
import { PeriodicSync } from '../log/periodic-sync.ts';
import type { SegmentedLog } from '../log/segmented-log.ts';
import { scanUnits } from '../log/unit-scan.ts';
import type { Clock, DiskError, Logger, Timer, Timers } from '../platform/ports.ts';
import { NativeEnvelope } from './native-envelope.ts';
import { OverdueWatch } from './overdue-watch.ts';
import { ReadProgress } from './read-progress.ts';
import type { ReadDone, RecordLog, RecordVisitor } from './record-log.ts';
import type { Replicator, ReplicatorListener, Reservation, WriteRefusal } from './replicator.ts';
import { wayOn } from './way-on.ts';

export interface NativeLogOptions {
  /** Controller mode: others have what is damaged here. */
  readonly controlled: boolean;
  readonly log: SegmentedLog;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Each unit is fsynced before it is confirmed [flushDiskType=SYNC_FLUSH]. */
  readonly syncFlush: boolean;
  /** How long a sender waits for that fsync [syncFlushTimeout]; its message stays in the log all the same. */
  readonly syncTimeoutMs: number;
  /** Time between fsyncs otherwise [flushIntervalCommitLog]. */
  readonly syncIntervalMs: number;
  /** The files are going to be written up to `end`. With an error they are not. */
  readonly allowWrite?: (end: number) => DiskError | undefined;
  /** Bytes that may be appended and not yet confirmed. */
  readonly maxPendingBytes: number;
  /** The disk failed for good: the process has to stop. */
  fatal(error: DiskError): void;
}

/** How exact the time limit is: a tenth of it. */
const LOOKS_PER_TIMEOUT = 10;

interface SyncWaiter {
  readonly position: number;
  readonly done: (error: DiskError | undefined) => void;
}

/**
 * The log of a lone broker: RocketMQ's CommitLog, byte for byte, without replication. Group commit without timers: one persist in flight, what
 * comes meanwhile is the next; under ASYNC_FLUSH fsyncs go on beside it. A unit's ticket is its end position. The segmented log has been recovered and started. Replication that wraps it keeps
 * the order of the listener's calls: `written` and `gaveUp` never name a ticket that was not sealed, and `confirmed` may follow `gaveUp`.
 */
export class NativeLog implements Replicator, RecordLog {
  readonly maxUnitBytes: number;
  readonly #options: NativeLogOptions;
  readonly #log: SegmentedLog;
  readonly #envelope = new NativeEnvelope();
  readonly #timers: Timer[] = [];
  readonly #overdue: OverdueWatch;
  readonly #periodicSync: PeriodicSync;
  #listener: ReplicatorListener | undefined;
  #confirmed: number;
  #reservedBytes = 0;
  #scheduled = false;
  #full = false;
  /** No room for messages, as the owner sees it. */
  #spaceRefusal: WriteRefusal | undefined;
  #failure: DiskError | undefined;
  #closed = false;
  #syncWaiters: SyncWaiter[] = [];
  readonly #endOfTurn = (): void => {
    this.#scheduled = false;
    this.#persist();
  };
  readonly #allWritten = (): void => this.#listener?.written(this.#log.writtenPosition);
  readonly #persisted = (error: DiskError | undefined): void => this.#afterPersist(error);

  constructor(options: NativeLogOptions) {
    this.#options = options;
    this.#log = options.log;
    this.maxUnitBytes = options.log.maxUnitBytes;
    this.#confirmed = options.log.endPosition;
    this.#overdue = new OverdueWatch(options.syncTimeoutMs);
    this.#periodicSync = new PeriodicSync(options.log, options.timers, options.syncIntervalMs, (error) =>
      this.#fail(error),
    );
    this.#periodicSync.start();
    // A full disk is tried again.
    this.#timers.push(options.timers.every(options.syncIntervalMs, () => this.#persist()));
    if (options.syncFlush)
      this.#timers.push(options.timers.every(options.syncTimeoutMs / LOOKS_PER_TIMEOUT, () => this.#giveUpOverdue()));
  }

  setListener(listener: ReplicatorListener): void {
    this.#listener = listener;
  }

  setSpaceRefusal(refusal: WriteRefusal | undefined): void {
    this.#spaceRefusal = refusal;
  }

  refusal(): WriteRefusal | undefined {
    if (this.#closed) return { status: 'shutting-down', text: 'the log is closed' };
    if (this.#failure !== undefined)
      return { status: 'shutting-down', text: `the disk failed: ${this.#failure.message}` };
    if (this.#full)
      return {
        status: 'disk-full',
        text: 'the disk that holds the commit log is full: messages are taken again when there is room',
      };
    if (this.#log.endPosition - this.#confirmed > this.#options.maxPendingBytes) {
      return { status: 'pending-full', text: `more than ${this.#options.maxPendingBytes} bytes wait for the disk` };
    }
    return this.#spaceRefusal;
  }

  reserve(byteLength: number): Reservation {
    this.#reservedBytes = byteLength;
    return this.#log.reserve(byteLength);
  }

  seal(): number {
    this.#log.advance(this.#reservedBytes);
    this.#appended();
    return this.#log.endPosition;
  }

  #appended(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.timers.endOfTurn(this.#endOfTurn);
  }

  #giveUpOverdue(): void {
    const ticket = this.#overdue.look(this.#options.clock.monotonicMs(), this.#log.endPosition, this.#confirmed);
    if (ticket > 0) this.#listener?.gaveUp(ticket, 'flush-disk-timeout');
  }

  #persist(): void {
    if (this.#log.persisting || this.#failure !== undefined) return;
    const sync = this.#options.syncFlush || this.#syncWaiters.length > 0;
    if (!this.#log.needsPersist(sync)) return;
    const refused = this.#options.allowWrite?.(this.#log.endPosition);
    if (refused !== undefined) {
      this.#afterPersist(refused);
      return;
    }
    this.#log.persist(sync, this.#persisted, this.#allWritten);
  }

  #afterPersist(error: DiskError | undefined): void {
    // A disk without room fails writes alone in a way that another try may mend: not an fsync.
    const final = this.#log.failure ?? (error?.code === 'ENOSPC' ? undefined : error);
    if (final !== undefined) {
      this.#fail(final);
      return;
    }
    if ((error !== undefined) !== this.#full) {
      this.#full = error !== undefined;
      this.#options.logger.warn(
        this.#full ? 'the disk of the commit log is full' : 'the disk of the commit log has room again',
        {},
      );
    }
    const position = this.#options.syncFlush ? this.#log.syncedPosition : this.#log.writtenPosition;
    if (position > this.#confirmed) {
      this.#confirmed = position;
      this.#listener?.confirmed(position, position);
    }
    this.#answerSyncs(this.#closed ? error : undefined);
    if (error === undefined) this.#persist();
  }

  #fail(error: DiskError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#answerSyncs(error);
    this.#options.fatal(error);
  }

  /** The log's files and memory, for replication that copies from them. */
  get segments(): SegmentedLog {
    return this.#log;
  }

  /** Slave: appends a copy of whole records of the master's log at their position; see `SegmentedLog.appendRun`. */
  append(position: number, source: Buffer, from: number, to: number): boolean {
    if (!this.#log.appendRun(position, source, from, to)) return false;
    this.#appended();
    return true;
  }

  /** Slave: see `SegmentedLog.beginAt`. */
  beginAt(position: number): boolean {
    if (!this.#log.beginAt(position)) return false;
    this.#confirmed = position;
    return true;
  }

  /** Slave: forgets everything from `position` (the end of a record) on; `done` when the files and the disk have forgotten it too. */
  cut(position: number, done: (error: DiskError | undefined) => void): void {
    this.#log.truncate(position);
    this.#confirmed = Math.min(this.#confirmed, position);
    // Who waits for what is gone now waits for the cut.
    this.#syncWaiters = this.#syncWaiters.map((waiter) => ({
      ...waiter,
      position: Math.min(waiter.position, position),
    }));
    this.syncTo(position, done);
  }

  /** Calls back when everything below `position` is fsynced. */
  syncTo(position: number, done: (error: DiskError | undefined) => void): void {
    this.#syncWaiters.push({ position, done });
    this.#persist();
    this.#answerSyncs(this.#failure);
  }

  #answerSyncs(error: DiskError | undefined): void {
    if (this.#syncWaiters.length === 0) return;
    const synced = this.#log.syncedPosition;
    const uncut = !this.#log.cutPending;
    const ready = this.#syncWaiters.filter((waiter) => error !== undefined || (uncut && waiter.position <= synced));
    if (ready.length === 0) return;
    this.#syncWaiters = this.#syncWaiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.done(error);
  }

  /** Writes and fsyncs everything, then closes the files. */
  close(done: (error: DiskError | undefined) => void): void {
    this.#closed = true;
    for (const timer of this.#timers.splice(0)) this.#options.timers.cancel(timer);
    this.#periodicSync.stop();
    this.syncTo(this.#log.endPosition, (error) => {
      // An fsync that is under way beside it must not lose its file.
      this.#log.syncWritten(() => {
        this.#log.close();
        done(error);
      });
    });
  }

  get confirmedTicket(): number {
    return this.#confirmed;
  }

  get confirmedPosition(): number {
    return this.#confirmed;
  }

  get minPosition(): number {
    return this.#log.minPosition;
  }

  get writtenPosition(): number {
    return this.#log.writtenPosition;
  }

  get syncedPosition(): number {
    return this.#log.syncedPosition;
  }

  get endPosition(): number {
    return this.#log.endPosition;
  }

  view(position: number, size: number): Buffer | undefined {
    return this.#log.view(position, size);
  }

  read(position: number, size: number, done: ReadDone): void {
    this.#log.read(position, size, (error, bytes) => done(error, bytes.length === 0 ? undefined : bytes));
  }

  readSync(position: number, size: number): Buffer | undefined {
    const view = this.#log.view(position, size);
    if (view !== undefined) return view;
    if (position < this.#log.minPosition || position >= this.#log.writtenPosition) return undefined;
    const bytes = this.#log.readSync(position, size);
    return bytes.length < size ? undefined : bytes;
  }

  scan(from: number, to: number, visit: RecordVisitor): void {
    const memory = Math.max(from, this.#log.memoryPosition);
    if (from < memory) {
      const end = Math.min(to, memory);
      const progress = new ReadProgress(this.#options.logger, 'reading the commit log', from, end);
      const { reason, stoppedAt } = scanUnits(
        this.#log,
        this.#envelope,
        from,
        end,
        (buffer, offset, size, position) => {
          progress.at(position);
          visit(buffer, offset, size, position);
        },
      );
      if (reason !== 'limit')
        throw new Error(
          `${this.#log.files.pathOf(stoppedAt)} is damaged at position ${stoppedAt}; to give up everything from there on, ${wayOn(this.#options.controlled, stoppedAt)}`,
        );
    }
    if (memory < to) this.#scanMemory(memory, to, visit);
  }

  #scanMemory(from: number, to: number, visit: RecordVisitor): void {
    const views: Buffer[] = [];
    // A record that begins before `to` may end behind it.
    this.#log.collect(from, this.#log.endPosition, views);
    let position = from;
    for (const view of views) {
      for (let offset = 0; offset < view.length; ) {
        if (position >= to) return;
        const size = this.#envelope.next(view, offset, view.length);
        if (size === UNIT_BLANK) {
          position += view.readInt32BE(offset);
          break;
        }
        if (size <= 0) throw new Error(`the commit log cannot be read at position ${position}`);
        visit(view, offset, size, position);
        offset += size;
        position += size;
      }
    }
  }
}
