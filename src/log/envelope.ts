/** `Envelope.next`: nothing was ever written here (the file is still zero). */
export const UNIT_END = 0;
/** `Envelope.next`: the rest of the segment is an end-of-file blank; the next unit is the first of the next segment. */
export const UNIT_BLANK = -1;
/** `Envelope.next`: neither a unit nor a blank nor untouched zeros. */
export const UNIT_BAD = -2;

/**
 * All that the segmented log knows of the format of what it stores: where a unit ends, and whether it is intact. A *unit* is what was
 * appended at once (a CommitLog record, a DLedger entry). Units never cross the end of a segment. Implementations: the CommitLog record
 * in `src/store`, the DLedger entry in `cluster/raft-storage`.
 */
export interface Envelope {
  /** Bytes at the end of a segment that stay free for a blank; 8 in both of RocketMQ's formats. */
  readonly minBlankBytes: number;
  /** Bytes that `next` needs to tell the size of a unit. */
  readonly headerBytes: number;
  /** Writes the first `minBlankBytes` of a blank; `remaining` = bytes from here to the end of the segment. What follows them is never read. */
  writeBlank(target: Buffer, offset: number, remaining: number): void;
  /**
   * What stands at `buffer[offset]`, of which the bytes up to `limit` are there: the size of a unit (which may reach beyond `limit`),
   * UNIT_BLANK, UNIT_END or UNIT_BAD. At least `headerBytes` are given, unless the segment ends before. `position` is the absolute
   * position of `offset`.
   */
  next(buffer: Buffer, offset: number, limit: number, position: number): number;
  /**
   * Is the unit (wholly in the buffer) intact and the right successor of the one that was verified before? Called once for each unit,
   * in the order of the log, so an implementation may carry a chain from one call to the next: it advances only on `true`.
   */
  verify(buffer: Buffer, offset: number, size: number, position: number): boolean;
  /**
   * Is there, judged by its own bytes alone, an intact unit for exactly this `position`? Asked at every byte behind a bad place, so the
   * usual answer `false` must be cheap. A unit that reaches beyond `limit` is not intact.
   */
  intactAt(buffer: Buffer, offset: number, limit: number, position: number): boolean;
}
