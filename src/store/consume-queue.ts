import type { DiskError } from '../platform/ports.ts';
import { QueueFiles, type QueueFilesOptions } from './queue-files.ts';
import { BLANK_UNIT_SIZE, hasExtAddress, isRecordUnit, UNIT_BYTES, unitPosition, unitSize } from './queue-unit.ts';
import { UnitWindow } from './unit-window.ts';

/** Units that stay in memory behind the tail of a busy queue once they are written. */
const RETAINED_UNITS = 1024;
/** The same for a queue that got nothing since the last flush. */
const IDLE_UNITS = 32;
/** Units read from a file at once. */
const COLD_UNITS = 512;

/** Consecutive units in memory: `count` of them from byte `at` of `buffer` on. Reused by its owner. */
export interface UnitRun {
  buffer: Buffer;
  at: number;
  count: number;
}

/** Units of the consume queue that lie cold in a file and were read. */
interface ColdUnits {
  readonly first: number;
  readonly buffer: Buffer;
}

/**
 * One consume queue (RocketMQ's ConsumeQueue): for each message of a queue, 20 bytes that say where its record is. Derived from confirmed
 * records. Appends go to memory; `flush` writes them behind.
 */
export class ConsumeQueue {
  readonly topic: string;
  readonly queueId: number;
  readonly #files: QueueFiles;
  readonly #window: UnitWindow;
  /** First offset that can be read. */
  minOffset = 0;
  /** Units below are in files. */
  #written = 0;
  /** Files that hold units from here on are not fsynced. */
  #unsynced = 0;
  /** Next offset at the last flush. */
  #seenByFlush = -1;
  #cold: ColdUnits | undefined;
  #removed = false;

  constructor(options: QueueFilesOptions, topic: string, queueId: number) {
    this.topic = topic;
    this.queueId = queueId;
    this.#files = new QueueFiles(options, topic, queueId);
    this.#window = new UnitWindow(0);
  }

  /** Finds what the files hold; a sentence if they cannot be used: then it holds nothing, and tells no more than where it goes on, as far as the files do. Throws the disk's error. */
  open(): string | undefined {
    const problem = this.#files.open();
    if (problem !== undefined) {
      this.#startAt(this.#files.findEndOfUnusable());
      return problem;
    }
    this.#startAt(this.#files.findEnd());
    this.minOffset = this.#files.first;
    return undefined;
  }

  /** Does any unit in the files lack its tags code, with an address of RocketMQ's consumequeue_ext in its place? Reads them all. Throws the disk's error. */
  lacksTagsCodes(): boolean {
    const buffer = Buffer.alloc(COLD_UNITS * UNIT_BYTES);
    for (let first = this.minOffset; first < this.#written; ) {
      const count = Math.min(COLD_UNITS, this.#written - first, this.#files.roomInFile(first));
      const units = buffer.subarray(0, count * UNIT_BYTES);
      this.#files.readSync(units, first);
      for (let at = 0; at < units.length; at += UNIT_BYTES) if (hasExtAddress(units, at)) return true;
      first += count;
    }
    return false;
  }

  /** Offset behind the last message. */
  get maxOffset(): number {
    return this.#window.next;
  }

  /** Makes a queue without messages begin at an offset. */
  #startAt(offset: number): void {
    this.#window.cut(offset);
    this.minOffset = offset;
    this.#written = offset;
    this.#unsynced = offset;
    this.#cold = undefined;
  }

  /**
   * Adds the message at `offset`; one that is there already is skipped. Missing offsets before it are filled with blanks. False if the
   * offset cannot belong to this queue: it is further ahead than one file.
   */
  append(offset: number, position: number, size: number, tagsCode: number): boolean {
    const next = this.#window.next;
    if (offset < next) return true;
    if (offset > next) {
      if (this.minOffset === next && this.#files.empty) this.#startAt(offset);
      else if (offset - next > this.#files.roomInFile(0)) return false;
      else while (this.#window.next < offset) this.#push(position, BLANK_UNIT_SIZE, 0);
    }
    this.#push(position, size, tagsCode);
    return true;
  }

  #push(position: number, size: number, tagsCode: number): void {
    this.#window.append(position, size, tagsCode, Math.min(this.#written, this.#window.next - RETAINED_UNITS));
  }

  /** Sets `run` to units from `offset` on, as many as memory has together; false if they have to be loaded or do not exist. */
  locate(offset: number, run: UnitRun): boolean {
    const window = this.#window;
    if (window.holds(offset)) {
      run.buffer = window.slice(offset, window.next);
      run.at = 0;
      run.count = window.next - offset;
      return true;
    }
    const cold = this.#cold;
    if (cold === undefined || offset < cold.first || (offset - cold.first) * UNIT_BYTES >= cold.buffer.length)
      return false;
    run.buffer = cold.buffer;
    run.at = (offset - cold.first) * UNIT_BYTES;
    run.count = (cold.buffer.length - run.at) / UNIT_BYTES;
    return true;
  }

  /** Reads units from `offset` (minOffset <= offset < maxOffset) on into memory; `locate` finds them when `done` is called. */
  load(offset: number, done: (error: DiskError | undefined) => void): void {
    const count = Math.min(COLD_UNITS, this.#written - offset, this.#files.roomInFile(offset));
    const buffer = Buffer.allocUnsafeSlow(count * UNIT_BYTES);
    this.#files.read(buffer, offset, (error) => {
      if (error === undefined && !this.#removed) this.#cold = { first: offset, buffer };
      done(error);
    });
  }

  dropCold(): void {
    this.#cold = undefined;
  }

  /** Copies one unit into `target`, from memory or disk, blocking; false if it does not exist. Throws the disk's error. */
  readUnitSync(offset: number, target: Buffer): boolean {
    if (!this.#window.holds(offset)) return offset < this.#written && this.#files.readSync(target, offset);
    this.#window.slice(offset, offset + 1).copy(target);
    return true;
  }

  /** Are there units that are not in files? */
  get dirty(): boolean {
    return this.#written < this.#window.next;
  }

  get unsynced(): boolean {
    return this.#unsynced < this.#window.next;
  }

  /** Writes what is only in memory. One at a time; after an error it may be tried again. */
  flush(done: (error: DiskError | undefined) => void): void {
    const from = this.#written;
    const to = Math.min(this.#window.next, from + this.#files.roomInFile(from));
    if (from === to || this.#removed) {
      done(undefined);
      return;
    }
    this.#files.write(this.#window.slice(from, to), from, (error) => {
      if (error !== undefined || this.#removed) {
        done(error);
        return;
      }
      this.#written = to;
      this.flush(done);
    });
  }

  /** Fsyncs what was written since the last call. One at a time, not together with `flush`. */
  sync(done: (error: DiskError | undefined) => void): void {
    const from = this.#unsynced;
    if (from >= this.#written || this.#removed) {
      done(undefined);
      return;
    }
    const to = Math.min(this.#written, from + this.#files.roomInFile(from));
    this.#files.sync(from, (error) => {
      if (error !== undefined) {
        done(error);
        return;
      }
      this.#unsynced = to;
      this.sync(done);
    });
  }

  /** Gives memory back; called after each flush. True while there is more to give back later. */
  relax(): boolean {
    const next = this.#window.next;
    const idle = this.#seenByFlush === next;
    this.#seenByFlush = next;
    if (!idle) return true;
    if (this.#written < next) return true;
    this.#window.shrink(next - IDLE_UNITS);
    return false;
  }

  /**
   * Removes the messages from offset `next` on; an empty queue begins there. Its files go on telling `next`, also where no message is left; if it is `dirty` then, once they are
   * written. Throws the disk's error.
   */
  cutTo(next: number): void {
    const end = this.#window.next;
    if (next === end || (next > end && this.minOffset !== end)) return;
    this.#cold = undefined;
    if (next > end || !this.#tellsNext(next)) {
      this.#files.removeAll();
      this.#startAt(next);
      this.markNext(next);
      return;
    }
    this.#files.cut(next);
    this.#window.cut(next);
    this.minOffset = Math.min(this.minOffset, next);
    this.#written = Math.min(this.#written, next);
    this.#unsynced = Math.min(this.#unsynced, next);
  }

  /** Do the files, once they are written and cut at `next`, tell that place: by the unit before it, or by the name of an empty file? */
  #tellsNext(next: number): boolean {
    if (this.#files.empty) return next > this.#window.first;
    return next > 0 && next >= this.#files.first;
  }

  /** First offset in [minOffset, maxOffset] whose record begins at or behind `position` (positions rise). Throws the disk's error. */
  offsetAtPosition(position: number): number {
    const unit = Buffer.allocUnsafe(UNIT_BYTES);
    const below = (offset: number) =>
      this.readUnitSync(offset, unit) && (isFiller(unit) || unitPosition(unit, 0) < position);
    let low = this.minOffset;
    let high = this.#window.next;
    if (low === high || !below(low)) return low;
    if (below(high - 1)) return high;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (below(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The log now begins at `minPosition`: older units cannot be read any more, and files with nothing else go; how many went. Throws the disk's error. */
  trim(minPosition: number): number {
    this.minOffset = this.offsetAtPosition(minPosition);
    return this.#files.removeBelow(Math.min(this.minOffset, this.#written, this.#unsynced));
  }

  /**
   * Do the files hold everything up to offset `next`? The unit before `next` tells; `beforePosition` bounds where its record may be.
   */
  covers(next: number, beforePosition: number): boolean {
    if (next === 0) return true;
    const unit = Buffer.alloc(UNIT_BYTES);
    if (next > this.#window.next || !this.readUnitSync(next - 1, unit)) return false;
    return isRecordUnit(unit, 0)
      ? unitPosition(unit, 0) + unitSize(unit, 0) <= beforePosition
      : unitSize(unit, 0) === BLANK_UNIT_SIZE;
  }

  /** An empty queue whose messages are all gone: remembers in its file that the next one gets `next`. */
  markNext(next: number): void {
    if (next === 0 || this.#window.next !== this.minOffset) return;
    this.#startAt(next - 1);
    this.#push(0, BLANK_UNIT_SIZE, 0);
    this.minOffset = next;
  }

  /** The topic is gone. */
  remove(): void {
    this.#removed = true;
    this.#cold = undefined;
    this.#files.removeAll();
  }

  /** Bytes of units in memory. */
  get memoryBytes(): number {
    return this.#window.byteLength + (this.#cold?.buffer.length ?? 0);
  }
}

/** Stands before the first message of a queue whose first file does not begin with it. */
function isFiller(unit: Buffer): boolean {
  return unitPosition(unit, 0) === 0 && unitSize(unit, 0) === BLANK_UNIT_SIZE;
}
