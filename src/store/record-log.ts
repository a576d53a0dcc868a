import type { DiskError } from '../platform/ports.ts';

/** Visits one record; `buffer[offset, offset + size)` are its bytes, a view that may be kept (it keeps its chunk alive). */
export type RecordVisitor = (buffer: Buffer, offset: number, size: number, position: number) => void;

/** `record` is undefined if the range is no longer, or not yet, in the log; an error is a disk that cannot be read. */
export type ReadDone = (error: DiskError | undefined, record: Buffer | undefined) => void;

/**
 * Reading side of the log that the message store stands on: records in RocketMQ's CommitLog form by position. Positions between records
 * (entry headers of DLedger mode, end-of-file blanks) are skipped by `scan` and by nothing else.
 */
export interface RecordLog {
  /** Start of the oldest kept file. */
  readonly minPosition: number;
  /** End of what consumers may see. */
  readonly confirmedPosition: number;
  /** Everything below is in the files (be it only in the page cache), so that `read` finds it. */
  readonly writtenPosition: number;
  /** Everything below survives a power failure, as far as this node knows. */
  readonly syncedPosition: number;
  /** End of everything appended, confirmed or not. */
  readonly endPosition: number;
  /** The bytes from memory, as a view that stays valid while it is referenced; undefined if they are only on disk (or not in the log). */
  view(position: number, size: number): Buffer | undefined;
  /** The bytes from disk, within one file; undefined or fewer bytes if the file ends before. Error ROT: something in them is known to be damaged. */
  read(position: number, size: number, done: ReadDone): void;
  /** The bytes from memory or disk, blocking: for start and recovery only. Throws the platform's disk error. */
  readSync(position: number, size: number): Buffer | undefined;
  /**
   * Visits each whole record in `[from, to)` in order, from memory or disk, blocking. `from` is a boundary between units: the end of an earlier
   * scan, a confirmed position or the position of a first record. Bytes that are no record throw an error that names the position.
   */
  scan(from: number, to: number, visit: RecordVisitor): void;
}
