import { assert } from '../base/assert.ts';
import type { Disk, DiskError } from '../platform/ports.ts';
import type { Envelope } from './envelope.ts';
import { asDiskError, type LogFault } from './log-error.ts';
import { LogWriter, type PersistDone } from './log-writer.ts';
import { SegmentFiles } from './segment-files.ts';
import { Tail } from './tail.ts';

export interface SegmentedLogOptions {
  readonly disk: Disk;
  readonly directory: string;
  /** Length of every file (RocketMQ: mappedFileSizeCommitLog). */
  readonly segmentBytes: number;
  readonly envelope: Envelope;
  /** Where the log begins if the directory is empty; default 0. */
  readonly firstPosition?: number;
  /** Bytes that stay in memory after they were written; default 1 MiB. */
  readonly tailBytes?: number;
  /** Size of a piece of that memory; default 128 KiB. */
  readonly chunkBytes?: number;
  /** See `SegmentFilesOptions`. */
  readonly lengthen?: 'by-names' | 'always' | undefined;
  /** File handles that stay open at most; default 16. */
  readonly maxOpenFiles?: number;
}

/** Room for one unit: write it to `buffer` from `offset` on, then call `advance`. One object, reused by every `reserve`. */
export interface Reservation {
  readonly buffer: Buffer;
  readonly offset: number;
  /** Absolute position of the unit's first byte. */
  readonly position: number;
}

/**
 * Bytes in fixed-size segment files, with the end of the log in memory. It knows units only by their length and, through the
 * `Envelope`, how a blank looks. Appending is synchronous and goes to memory; `persist` brings it to the files.
 *
 * Life: `open`, then `recover` (recovery.ts) tells where the log ends, then `start(end)`; before that only the reading calls work.
 */
export class SegmentedLog {
  readonly directory: string;
  readonly segmentBytes: number;
  readonly envelope: Envelope;
  /** The biggest unit that fits into a segment. */
  readonly maxUnitBytes: number;
  readonly files: SegmentFiles;
  readonly #tail: Tail;
  #writer: LogWriter;
  #end: number;
  /** End of the segment that holds `#end`. */
  #segmentEnd: number;
  #started = false;
  /** The reservation that is out. */
  #reserved = 0;
  readonly #reservation: { buffer: Buffer; offset: number; position: number } = {
    buffer: Buffer.alloc(0),
    offset: 0,
    position: 0,
  };

  private constructor(options: SegmentedLogOptions, files: SegmentFiles) {
    this.directory = options.directory;
    this.segmentBytes = options.segmentBytes;
    this.envelope = options.envelope;
    this.maxUnitBytes = options.segmentBytes - options.envelope.minBlankBytes;
    this.files = files;
    this.#tail = new Tail({ keepBytes: options.tailBytes ?? 1 << 20, chunkBytes: options.chunkBytes ?? 128 << 10 });
    this.#end = files.minPosition;
    this.#segmentEnd = this.#end + this.segmentBytes;
    this.#writer = new LogWriter(files, this.#tail, this.#end, this.#end);
  }

  /** Opens the directory; a fault names the file that does not fit. Throws only the disk's own errors. */
  static open(options: SegmentedLogOptions): SegmentedLog | LogFault {
    const { disk, directory, segmentBytes, firstPosition = 0, maxOpenFiles = 16, lengthen } = options;
    const files = SegmentFiles.open({ disk, directory, segmentBytes, firstPosition, maxOpenFiles, lengthen });
    return files instanceof SegmentFiles ? new SegmentedLog(options, files) : files;
  }

  /**
   * Begins to append at `end`, the place that recovery found: everything behind it becomes zero, and all files are fsynced, except those
   * below `syncedMark`, up to where that is known already. `rewrite`: an fsync failed in the last run, so that what is not known to be fsynced is written
   * anew first. Throws the disk's error.
   */
  start(end: number, syncedMark = this.minPosition, rewrite = false): void {
    assert(!this.#started, 'started once');
    assert(
      end >= this.minPosition && end <= Math.max(this.minPosition, this.files.maxPosition),
      'the log ends in its files',
    );
    if (end < this.files.maxPosition) this.files.zeroFrom(end);
    if (rewrite) this.files.rewrite(Math.min(syncedMark, end), end);
    this.files.syncFrom(Math.min(syncedMark, end));
    this.#started = true;
    this.#end = end;
    this.#segmentEnd = this.files.startOf(end) + this.segmentBytes;
    this.#writer = new LogWriter(this.files, this.#tail, end, end);
  }

  /**
   * The log, which holds nothing, begins at `position` from now on (the start of a file of those whose log it is going to hold). False, and nothing changes, while a write is in
   * flight. Throws the disk's error.
   */
  beginAt(position: number): boolean {
    assert(this.#started && this.#end === this.minPosition, 'only a log that holds nothing can begin elsewhere');
    if (this.#writer.busy || this.#writer.cutPending) return false;
    this.files.beginAt(position);
    this.#tail.cut(0);
    this.#end = position;
    this.#segmentEnd = position + this.segmentBytes;
    this.#writer = new LogWriter(this.files, this.#tail, position, position);
    return true;
  }

  /** First position that is kept. */
  get minPosition(): number {
    return this.files.minPosition;
  }

  /** Where the last unit ends, written or not. A blank behind it is made only together with the unit that did not fit. */
  get endPosition(): number {
    return this.#end;
  }

  /** Everything below is in the files: it survives the process. */
  get writtenPosition(): number {
    return this.#writer.written;
  }

  /** Everything below is fsynced: it survives the machine. */
  get syncedPosition(): number {
    return this.#writer.synced;
  }

  /** Room for a unit of up to `byteLength` bytes (<= maxUnitBytes) behind the end, in the next segment if it does not fit. Nothing changes before `advance`. */
  reserve(byteLength: number): Reservation {
    assert(this.#started && byteLength > 0 && byteLength <= this.maxUnitBytes, 'a unit fits into a segment');
    const rolls = this.#end + byteLength + this.envelope.minBlankBytes > this.#segmentEnd;
    const position = rolls ? this.#segmentEnd : this.#end;
    this.#tail.place(position, byteLength, rolls ? position + this.segmentBytes : this.#segmentEnd);
    const reservation = this.#reservation;
    reservation.buffer = this.#tail.buffer;
    reservation.offset = this.#tail.offset;
    reservation.position = position;
    this.#reserved = byteLength;
    return reservation;
  }

  /** The first `byteLength` bytes of the reservation are complete: they are the new end of the log. */
  advance(byteLength: number): void {
    assert(byteLength > 0 && byteLength <= this.#reserved, 'advance follows reserve');
    const { position } = this.#reservation;
    if (position !== this.#end) this.#blankTo(position);
    this.#tail.take(byteLength);
    this.#end = position + byteLength;
    this.#reserved = 0;
  }

  #blankTo(position: number): void {
    const remaining = position - this.#end;
    this.#tail.takeBefore(this.#end, this.envelope.minBlankBytes, position);
    this.envelope.writeBlank(this.#tail.buffer, this.#tail.offset, remaining);
    this.#segmentEnd = position + this.segmentBytes;
  }

  /**
   * Follower: appends a copy of `source[from..to)`, whole units of one segment, exactly at `position`. Legal is the end of the log, or the start of the next
   * segment (then the rest of this one becomes a blank; whether a unit would have fitted into it is not asked). False: not legal, nothing was taken.
   */
  appendRun(position: number, source: Buffer, from: number, to: number): boolean {
    assert(this.#started, 'started once');
    const byteLength = to - from;
    const rolls = position !== this.#end;
    const limit = rolls ? position + this.segmentBytes : this.#segmentEnd;
    if (rolls && (position !== this.#segmentEnd || this.#end === this.minPosition)) return false;
    if (byteLength <= 0 || position + byteLength + this.envelope.minBlankBytes > limit) return false;
    this.#tail.place(position, byteLength, limit);
    const reservation = this.#reservation;
    reservation.buffer = this.#tail.buffer;
    reservation.offset = this.#tail.offset;
    reservation.position = position;
    this.#reserved = byteLength;
    source.copy(reservation.buffer, reservation.offset, from, to);
    this.advance(byteLength);
    return true;
  }

  /**
   * Writes everything up to the end of now, and fsyncs it with `sync`; one at a time. A cut made before becomes durable first. `done` may come
   * within this call if there is nothing to do. Errors are final (every later persist gives the same one), except ENOSPC, after which the
   * next persist tries again. `allWritten` is called when everything is in the files and only the fsync is still to come.
   */
  persist(sync: boolean, done: PersistDone, allWritten?: () => void): void {
    this.#writer.persist(this.#end, sync, done, allWritten);
  }

  /**
   * Fsyncs what is written now, beside a persist that may be in flight (before a snapshot or a derived file that reflects the log becomes durable).
   * `done` gets the position that is fsynced and may come within the call. An error is final for the log.
   */
  syncWritten(done: PersistDone): void {
    this.#writer.syncWritten(done);
  }

  /** The error after which nothing is written any more. */
  get failure(): DiskError | undefined {
    return this.#writer.failure;
  }

  /** A truncation that is not durable yet. */
  get cutPending(): boolean {
    return this.#writer.cutPending;
  }

  /** A persist is in flight. */
  get persisting(): boolean {
    return this.#writer.busy;
  }

  /** Is there anything that the next `persist(sync)` would do? */
  needsPersist(sync: boolean): boolean {
    const writer = this.#writer;
    return writer.cutPending || writer.written < this.#end || (sync && writer.synced < this.#end);
  }

  /** Forgets everything from `position` (the start of a unit, or the end) on: in memory at once, in the files with the next persist. Views stay valid. */
  truncate(position: number): void {
    assert(position >= this.minPosition && position <= this.#end, 'a cut lies inside the log');
    this.#tail.cut(position);
    this.#end = position;
    this.#segmentEnd = this.files.startOf(position) + this.segmentBytes;
    this.#reserved = 0;
    this.#writer.cut(position);
  }

  /** The bytes of one or more units, if memory holds them in one piece; they stay valid while referenced and must not be changed. */
  view(position: number, length: number): Buffer | undefined {
    return this.#tail.view(position, length);
  }

  /** All that memory holds in one piece from `position` on: whole units, up to the end of their chunk. */
  viewFrom(position: number): Buffer | undefined {
    return this.#tail.viewFrom(position);
  }

  /** Adds views of all that memory holds in [from, to) to `views` and returns their byte count; the unread part of a blank is left out. */
  collect(from: number, to: number, views: Buffer[]): number {
    return this.#tail.collect(from, to, views);
  }

  /** Everything from here on is in memory, and perhaps not in the files. */
  get memoryPosition(): number {
    if (!this.#started) return Number.MAX_SAFE_INTEGER;
    return Math.min(this.#tail.start ?? this.#end, this.#end);
  }

  /** Reads from the files, within one segment; less than asked only at the end of the segment. Throws the disk's error. */
  readSync(position: number, length: number): Buffer {
    const end = this.files.startOf(position) + this.segmentBytes;
    const target = Buffer.allocUnsafe(Math.min(length, end - position));
    const count = this.readInto(target, position);
    return count === target.length ? target : target.subarray(0, count);
  }

  /** The same into a buffer of the caller; returns the number of bytes. Throws the disk's error. */
  readInto(target: Buffer, position: number): number {
    const start = this.files.startOf(position);
    const length = Math.min(target.length, start + this.segmentBytes - position);
    const file = this.files.file(start);
    return file.readSync(length === target.length ? target : target.subarray(0, length), position - start);
  }

  /** The same off the event loop; `done` comes in a later turn, except for a position that has no file (code ENOENT). */
  read(position: number, length: number, done: (error: DiskError | undefined, bytes: Buffer) => void): void {
    const start = this.files.startOf(position);
    const target = Buffer.allocUnsafe(Math.min(length, start + this.segmentBytes - position));
    if (position < this.minPosition || !this.files.has(start)) {
      done({ code: 'ENOENT', message: `position ${position} is outside of the log` }, target.subarray(0, 0));
      return;
    }
    try {
      const file = this.files.pin(start);
      file.read(target, position - start, (error, count) => {
        this.files.unpin(start);
        done(error, count === target.length ? target : target.subarray(0, count));
      });
    } catch (thrown) {
      done(asDiskError(thrown), target.subarray(0, 0));
    }
  }

  /**
   * Writes bytes over a damaged place of one segment, below the end, and fsyncs them; `done` may come within the call. Memory is not touched: the bytes are what was
   * there before. An error is final for the log's owner.
   */
  rewriteAt(position: number, bytes: Uint8Array, done: (error: DiskError | undefined) => void): void {
    const start = this.files.startOf(position);
    assert(
      position + bytes.length <= Math.min(start + this.segmentBytes, this.#end),
      'what is rewritten lies below the end',
    );
    try {
      const file = this.files.pin(start);
      const finish = (error: DiskError | undefined): void => {
        this.files.unpin(start);
        done(error);
      };
      file.write([bytes], position - start, (error) => {
        if (error === undefined) file.sync(finish);
        else finish(error);
      });
    } catch (thrown) {
      done(asDiskError(thrown));
    }
  }

  /** Removes the files that lie wholly below `position`, never the last; returns their paths. Throws the disk's error. */
  deleteBefore(position: number): string[] {
    return this.files.removeBelow(Math.min(position, this.#writer.written));
  }

  /** Closes all handles; a persist in flight still finishes. */
  close(): void {
    this.files.close();
  }
}
