import { asDiskError } from '../log/log-error.ts';
import type { DiskError } from '../platform/ports.ts';
import type { FileHandles } from './file-handles.ts';
import { fillBlankUnits, isWrittenUnit, UNIT_BYTES } from './queue-unit.ts';

const FILE_NAME = /^\d{20}$/;

/** What all consume queues of a store share. */
export interface QueueFilesOptions {
  /** The `consumequeue` folder. */
  readonly root: string;
  readonly handles: FileHandles;
  readonly unitsPerFile: number;
}

/**
 * The files of one consume queue: consecutive, of one length, named by their first byte in 20 digits, in `ROOT/TOPIC/QUEUEID/`. Places are
 * counted in units. Nothing is kept open or listed in memory but the first and the last file.
 */
export class QueueFiles {
  readonly #options: QueueFilesOptions;
  readonly #directory: string;
  /** First unit of the first file, and the end of the last one; equal while there is no file. */
  first = 0;
  end = 0;
  #newFiles = false;
  /** Start of the file that lacks the blanks before its first unit; a write that failed leaves them to the next one. */
  #lacksBlanks: number | undefined;

  constructor(options: QueueFilesOptions, topic: string, queueId: number) {
    this.#options = options;
    this.#directory = `${options.root}/${topic}/${queueId}`;
  }

  /** Reads the directory; a sentence if its files cannot be used. A last file that is too short gets its length back. */
  open(): string | undefined {
    const { handles, unitsPerFile } = this.#options;
    const names = this.#names();
    const fileBytes = unitsPerFile * UNIT_BYTES;
    for (const [index, name] of names.entries()) {
      const start = Number(name);
      const path = `${this.#directory}/${name}`;
      if (start % fileBytes !== 0 || (index > 0 && start !== this.end * UNIT_BYTES))
        return `${path} does not follow the file before it`;
      const size = handles.use(path).size();
      if (size > fileBytes || (size < fileBytes && index < names.length - 1)) {
        return `${path} has ${size} bytes instead of ${fileBytes} (mappedFileSizeConsumeQueue)`;
      }
      handles.use(path, fileBytes);
      if (index === 0) this.first = start / UNIT_BYTES;
      this.end = start / UNIT_BYTES + unitsPerFile;
    }
    return undefined;
  }

  #names(): readonly string[] {
    return this.#options.handles.disk.list(this.#directory).filter((name) => FILE_NAME.test(name));
  }

  get empty(): boolean {
    return this.first === this.end;
  }

  fileStart(unit: number): number {
    return unit - (unit % this.#options.unitsPerFile);
  }

  #path(unit: number): string {
    return `${this.#directory}/${String(this.fileStart(unit) * UNIT_BYTES).padStart(20, '0')}`;
  }

  /** Units from `unit` on that lie in one file. */
  roomInFile(unit: number): number {
    return this.fileStart(unit) + this.#options.unitsPerFile - unit;
  }

  /** Reads units that lie in one file; false if there is no such file. Throws the disk's error. */
  readSync(target: Buffer, unit: number): boolean {
    if (unit < this.first || unit >= this.end) return false;
    const file = this.#options.handles.use(this.#path(unit));
    return file.readSync(target, (unit - this.fileStart(unit)) * UNIT_BYTES) === target.length;
  }

  /** The same without blocking. */
  read(target: Buffer, unit: number, done: (error: DiskError | undefined) => void): void {
    try {
      const file = this.#options.handles.use(this.#path(unit));
      file.read(target, (unit - this.fileStart(unit)) * UNIT_BYTES, (error, bytesRead) => {
        if (error === undefined && bytesRead < target.length)
          done({ code: 'EIO', message: `${file.path} is too short` });
        else done(error);
      });
    } catch (thrown) {
      done(asDiskError(thrown));
    }
  }

  /** Writes units that lie in one file, which is made if it is missing. `units` must stay unchanged until `done`. */
  write(units: Buffer, unit: number, done: (error: DiskError | undefined) => void): void {
    const start = this.fileStart(unit);
    const buffers = [units];
    let from = unit;
    try {
      if (unit >= this.end || this.empty) {
        this.#addFile(start);
        this.#lacksBlanks = start;
      }
      if (this.#lacksBlanks === start && unit > start) {
        const blank = Buffer.allocUnsafeSlow((unit - start) * UNIT_BYTES);
        fillBlankUnits(blank);
        buffers.unshift(blank);
        from = start;
      }
      const file = this.#options.handles.use(this.#path(unit));
      file.write(buffers, (from - start) * UNIT_BYTES, (error) => {
        if (error === undefined && this.#lacksBlanks === start) this.#lacksBlanks = undefined;
        done(error);
      });
    } catch (thrown) {
      done(asDiskError(thrown));
    }
  }

  #addFile(start: number): void {
    const { handles, unitsPerFile } = this.#options;
    if (this.empty) handles.disk.makeDirectory(this.#directory);
    handles.use(this.#path(start), unitsPerFile * UNIT_BYTES);
    if (this.empty) this.first = start;
    this.end = start + unitsPerFile;
    this.#newFiles = true;
  }

  /** Fsyncs the file that holds `unit`; new directory entries first. */
  sync(unit: number, done: (error: DiskError | undefined) => void): void {
    const { disk } = this.#options.handles;
    try {
      if (this.#newFiles) {
        const topicDirectory = this.#directory.slice(0, this.#directory.lastIndexOf('/'));
        for (const directory of [this.#directory, topicDirectory, this.#options.root]) disk.syncDirectory(directory);
        this.#newFiles = false;
      }
      this.#options.handles.use(this.#path(unit)).sync(done);
    } catch (thrown) {
      done(asDiskError(thrown));
    }
  }

  /** End of the written units, found by bisection in the last file that has any. Throws the disk's error. */
  findEnd(): number {
    const { unitsPerFile } = this.#options;
    for (let start = this.end - unitsPerFile; start >= this.first; start -= unitsPerFile) {
      const count = this.#writtenIn(this.#path(start), unitsPerFile);
      if (count > 0) return start + count;
    }
    return this.first;
  }

  /** The same of files that cannot be used together: each is taken for what its name says, whatever its size. Throws the disk's error. */
  findEndOfUnusable(): number {
    let first = 0;
    for (const name of this.#names().toReversed()) {
      const start = Number(name) / UNIT_BYTES;
      if (!Number.isSafeInteger(start)) continue;
      const path = `${this.#directory}/${name}`;
      const count = this.#writtenIn(path, Math.floor(this.#options.handles.use(path).size() / UNIT_BYTES));
      if (count > 0) return start + count;
      first = start;
    }
    return first;
  }

  /** How many of the units of a file are written. */
  #writtenIn(path: string, units: number): number {
    const file = this.#options.handles.use(path);
    const unit = Buffer.allocUnsafe(UNIT_BYTES);
    const written = (at: number) => file.readSync(unit, at * UNIT_BYTES) === UNIT_BYTES && isWrittenUnit(unit, 0);
    if (units === 0 || !written(0)) return 0;
    let low = 1;
    let high = units;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (written(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes files that end at or below `unit`, but never the last one; how many went. Throws the disk's error. */
  removeBelow(unit: number): number {
    const { unitsPerFile } = this.#options;
    let count = 0;
    for (; this.first + unitsPerFile <= unit && this.first + unitsPerFile < this.end; count++) {
      this.#remove(this.first);
      this.first += unitsPerFile;
    }
    return count;
  }

  /** Removes or zeroes everything from `unit` (>= first) on. The first file stays, as its name may be all that tells where the queue goes on. Throws the disk's error. */
  cut(unit: number): void {
    const { handles, unitsPerFile } = this.#options;
    while (this.end - unitsPerFile >= unit && this.end - unitsPerFile > this.first) {
      this.#remove(this.end - unitsPerFile);
      this.end -= unitsPerFile;
    }
    if (unit >= this.end || this.empty) return;
    const file = handles.use(this.#path(unit));
    file.truncateSync((unit - this.fileStart(unit)) * UNIT_BYTES);
    file.truncateSync(unitsPerFile * UNIT_BYTES);
  }

  #remove(start: number): void {
    this.#options.handles.close(this.#path(start));
    this.#options.handles.disk.remove(this.#path(start));
  }

  removeAll(): void {
    for (let start = this.first; start < this.end; start += this.#options.unitsPerFile)
      this.#options.handles.close(this.#path(start));
    this.#options.handles.disk.removeTree(this.#directory);
    this.first = 0;
    this.end = 0;
  }
}
