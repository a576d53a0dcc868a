import { type Envelope, UNIT_BLANK, UNIT_END } from './envelope.ts';
import type { SegmentedLog } from './segmented-log.ts';

const windowBytes = 1 << 20;

/** Called with one whole unit; the buffer is not reused, a view of it may be kept. */
export type UnitVisitor = (buffer: Buffer, offset: number, size: number, position: number) => void;

/** Where and why a scan stopped. */
export interface ScanEnd {
  /** End of the last good unit (the start of the scan if there was none). */
  readonly end: number;
  /** Where the scan could not go on: `end`, or the start of the next segment if a blank lies between. */
  readonly stoppedAt: number;
  /** `limit`: all was read that was asked for. `end`: nothing was written here. `bad`: no unit and no blank. `broken`: a unit that is not intact or not the successor. */
  readonly reason: 'limit' | 'end' | 'bad' | 'broken';
}

/** A piece of one segment, read from the files into a fresh buffer each time. */
export class ScanWindow {
  buffer: Buffer = Buffer.alloc(0);
  /** Position of `buffer[0]`, and of the byte behind the last one that was read. */
  start = 0;
  limit = 0;
  readonly #log: SegmentedLog;

  constructor(log: SegmentedLog) {
    this.#log = log;
  }

  /** Makes at least `byteLength` bytes from `position` on available (fewer at the end of the segment); returns the offset of `position` in `buffer`. */
  ensure(position: number, byteLength: number, segmentEnd: number): number {
    const wanted = Math.min(position + byteLength, segmentEnd);
    if (position < this.start || position > this.limit || wanted > this.limit) {
      this.buffer = this.#log.readSync(position, Math.max(byteLength, windowBytes));
      this.start = position;
      this.limit = position + this.buffer.length;
    }
    return position - this.start;
  }

  /** Bytes of `buffer` that are valid. */
  get length(): number {
    return this.limit - this.start;
  }
}

/**
 * Reads the units in [from, to) from the files, in order; `from` is the start of a unit or the end of one. The envelope's `verify` sees each.
 * Synchronous: for start and recovery. Throws the disk's error.
 */
export function scanUnits(
  log: SegmentedLog,
  envelope: Envelope,
  from: number,
  to: number,
  visit: UnitVisitor | undefined,
): ScanEnd {
  const window = new ScanWindow(log);
  let end = from;
  let position = from;
  while (position < to) {
    const start = log.files.startOf(position);
    if (!log.files.has(start)) return { end, stoppedAt: position, reason: 'end' };
    const segmentEnd = start + log.segmentBytes;
    let offset = window.ensure(position, envelope.headerBytes, segmentEnd);
    const size = envelope.next(window.buffer, offset, window.length, position);
    if (size === UNIT_BLANK) {
      position = segmentEnd;
      continue;
    }
    if (size === UNIT_END) return { end, stoppedAt: position, reason: 'end' };
    if (size < 0 || position + size + envelope.minBlankBytes > segmentEnd) {
      return { end, stoppedAt: position, reason: 'bad' };
    }
    offset = window.ensure(position, size, segmentEnd);
    if (!envelope.verify(window.buffer, offset, size, position)) return { end, stoppedAt: position, reason: 'broken' };
    visit?.(window.buffer, offset, size, position);
    position += size;
    end = position;
  }
  return { end, stoppedAt: position, reason: 'limit' };
}
