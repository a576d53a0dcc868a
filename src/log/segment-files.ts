import { assert } from '../base/assert.ts';
import type { Disk, DiskFile } from '../platform/ports.ts';
import type { LogFault } from './log-error.ts';
import { Segment, segmentName, segmentStartOf } from './segment.ts';

export interface SegmentFilesOptions {
  readonly disk: Disk;
  readonly directory: string;
  /** Length of every file. */
  readonly segmentBytes: number;
  /** Where the log begins if the directory holds no file. */
  readonly firstPosition: number;
  /** Handles that stay open at most (pinned ones not counted). */
  readonly maxOpenFiles: number;
  /**
   * A file that is too short gets its length back, where `segmentBytes` is known to be right: by the names of several files, or in any case. What it lacks reads as zeros, and
   * the owner must tell that from a log that ends there. Default: a file of a wrong length is a fault.
   */
  readonly lengthen?: 'by-names' | 'always' | undefined;
}

/** Bytes that a rewrite handles at once. */
const REWRITE_BYTES = 1 << 20;

/** The segment files of one directory: consecutive, equally long, with a bounded number of open handles. */
export class SegmentFiles {
  readonly segmentBytes: number;
  readonly directory: string;
  /** Ascending, without gaps; empty before the first write. */
  readonly segments: Segment[] = [];
  readonly #disk: Disk;
  readonly #maxOpenFiles: number;
  #firstPosition: number;
  /** Ends of the files that were found too short. */
  readonly lengthened: number[] = [];
  /** Open segments, the most recently used last. */
  readonly #open: Segment[] = [];

  private constructor(options: SegmentFilesOptions) {
    this.#disk = options.disk;
    this.directory = options.directory;
    this.segmentBytes = options.segmentBytes;
    this.#firstPosition = options.firstPosition;
    this.#maxOpenFiles = options.maxOpenFiles;
  }

  /** Reads the directory (and makes it if it is absent). A last file of length 0 (an end while it was made) gets its length. */
  static open(options: SegmentFilesOptions): SegmentFiles | LogFault {
    const files = new SegmentFiles(options);
    options.disk.makeDirectory(options.directory);
    for (const name of options.disk.list(options.directory)) {
      const start = segmentStartOf(name);
      if (start === undefined) continue;
      files.segments.push(new Segment(options.directory, start));
    }
    return files.#check(options.lengthen) ?? files;
  }

  #check(lengthen: SegmentFilesOptions['lengthen']): LogFault | undefined {
    const { segments, segmentBytes } = this;
    for (let i = 0; i < segments.length; i++) {
      const segment = segments[i]!;
      const expected = i === 0 ? segment.start : segments[i - 1]!.start + segmentBytes;
      if (segment.start !== expected) {
        const message = `${segment.path} does not follow the file before it: expected ${segmentName(expected)}, a file is missing or has another length than ${segmentBytes}`;
        return { code: 'GAP', file: segment.path, message };
      }
      const size = this.file(segment.start).size();
      if (size === segmentBytes) continue;
      const isSizeKnown = lengthen === 'always' || (lengthen === 'by-names' && segments.length > 1);
      if (isSizeKnown && size < segmentBytes && (i < segments.length - 1 || size > 0)) {
        this.lengthened.push(segment.start + size);
      } else if (i < segments.length - 1 || size > 0) {
        const message = `${segment.path} is ${size} bytes long, but every file of this log has ${segmentBytes}: set mappedFileSizeCommitLog to the size with which it was written`;
        return { code: 'BAD_SIZE', file: segment.path, message };
      }
      this.file(segment.start).truncateSync(segmentBytes);
    }
    return undefined;
  }

  /** First position that is kept. */
  get minPosition(): number {
    return this.segments[0]?.start ?? this.#firstPosition;
  }

  /** End of the last file that exists. */
  get maxPosition(): number {
    const last = this.segments.at(-1);
    return last === undefined ? this.#firstPosition : last.start + this.segmentBytes;
  }

  /** Start of the segment in which a position (at or above `minPosition`) lies; a position between two segments belongs to the later. */
  startOf(position: number): number {
    const base = this.minPosition;
    return position - ((position - base) % this.segmentBytes);
  }

  has(start: number): boolean {
    return this.#find(start) !== undefined;
  }

  /** Path that the segment has or would have. */
  pathOf(position: number): string {
    return `${this.directory}/${segmentName(this.startOf(position))}`;
  }

  #find(start: number): Segment | undefined {
    const index = (start - this.minPosition) / this.segmentBytes;
    return this.segments[index];
  }

  /** The open file of an existing segment. Throws the disk's error. */
  file(start: number): DiskFile {
    return this.#use(this.#require(start), undefined);
  }

  /** The segment's file, kept open until `unpin`. Throws the disk's error. */
  pin(start: number): DiskFile {
    const segment = this.#require(start);
    const file = this.#use(segment, undefined);
    segment.pins++;
    return file;
  }

  unpin(start: number): void {
    const segment = this.#find(start);
    if (segment !== undefined) segment.pins--;
  }

  /** The file to write to; the next one behind the last is made, durably in its directory. Throws the disk's error. */
  fileForWrite(start: number): DiskFile {
    const existing = this.#find(start);
    if (existing !== undefined) return this.#use(existing, undefined);
    assert(start === this.maxPosition, 'segments are made one after another');
    const segment = new Segment(this.directory, start);
    const file = this.#use(segment, this.segmentBytes);
    this.#disk.syncDirectory(this.directory);
    this.segments.push(segment);
    return file;
  }

  #require(start: number): Segment {
    const segment = this.#find(start);
    assert(segment !== undefined, 'there is no such segment');
    return segment;
  }

  #use(segment: Segment, createBytes: number | undefined): DiskFile {
    const open = this.#open;
    if (open.at(-1) === segment && segment.file !== undefined) return segment.file;
    const file = segment.open(this.#disk, createBytes);
    const at = open.indexOf(segment);
    if (at >= 0) open.splice(at, 1);
    open.push(segment);
    this.#closeIdle();
    return file;
  }

  #closeIdle(): void {
    const open = this.#open;
    for (let i = 0; open.length > this.#maxOpenFiles && i < open.length - 1; ) {
      const segment = open[i]!;
      if (segment.pins > 0) {
        i++;
        continue;
      }
      segment.close();
      open.splice(i, 1);
    }
  }

  /** Removes every file that ends at or below `position`, never the last one; returns their paths. Throws the disk's error. */
  removeBelow(position: number): string[] {
    const removed: string[] = [];
    while (this.segments.length > 1 && this.segments[0]!.start + this.segmentBytes <= position) {
      const segment = this.segments[0]!;
      if (segment.pins > 0) break;
      this.#drop(segment);
      this.segments.shift();
      removed.push(segment.path);
    }
    if (removed.length > 0) this.#disk.syncDirectory(this.directory);
    return removed;
  }

  /** Removes all files, and begins anew with an empty one at `position`, durably: for a log that holds nothing. Throws the disk's error. */
  beginAt(position: number): void {
    for (let last = this.segments.at(-1); last !== undefined; last = this.segments.at(-1)) {
      this.#drop(last);
      this.segments.pop();
    }
    this.#firstPosition = position;
    this.fileForWrite(position);
  }

  /**
   * Makes all bytes from `position` on zero: later files go (the last first, so that an end in between leaves a log without gaps), and
   * the one that holds the position is shortened and lengthened again. Returns the file to fsync. Throws the disk's error.
   */
  zeroFrom(position: number): DiskFile | undefined {
    const start = this.startOf(position);
    let removed = false;
    for (let last = this.segments.at(-1); last !== undefined && last.start > start; last = this.segments.at(-1)) {
      this.#drop(last);
      this.segments.pop();
      removed = true;
    }
    if (removed) this.#disk.syncDirectory(this.directory);
    if (this.#find(start) === undefined) return undefined;
    const file = this.file(start);
    file.truncateSync(position - start);
    file.truncateSync(this.segmentBytes);
    return file;
  }

  /**
   * Writes the bytes of [from, to) anew as they are read. After a failed fsync the kernel may take pages for clean that never reached the disk: only a
   * new write lets the next fsync cover them. Blocking; throws the disk's error.
   */
  rewrite(from: number, to: number): void {
    const piece = Buffer.allocUnsafe(Math.min(REWRITE_BYTES, this.segmentBytes));
    for (let position = from; position < to; ) {
      const start = this.startOf(position);
      const count = Math.min(piece.length, to - position, start + this.segmentBytes - position);
      const file = this.file(start);
      const read = file.readSync(piece.subarray(0, count), position - start);
      file.writeSync(piece.subarray(0, read), position - start);
      position += count;
    }
  }

  /** Fsyncs every file that reaches behind `position`, blocking. Throws the disk's error. */
  syncFrom(position: number): void {
    for (const { start } of this.segments) if (start + this.segmentBytes > position) this.file(start).syncNow();
  }

  #drop(segment: Segment): void {
    const at = this.#open.indexOf(segment);
    if (at >= 0) this.#open.splice(at, 1);
    segment.close();
    this.#disk.remove(segment.path);
  }

  /** Handles that are open now. */
  get openFiles(): number {
    return this.#open.length;
  }

  close(): void {
    for (const segment of this.#open) segment.close();
    this.#open.length = 0;
  }
}
