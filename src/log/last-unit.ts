import { type Envelope, UNIT_BLANK } from './envelope.ts';
import type { SegmentedLog } from './segmented-log.ts';

/** Bytes that are looked through for a start, from the nearest on; a record has 16 MB at most. */
const WINDOWS = [64 << 10, 1 << 20, 40 << 20];

/** One intact unit; the buffer is the caller's to keep. */
export interface FoundUnit {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly size: number;
  readonly position: number;
}

/**
 * The unit that ends at `end` within one segment, or before the blank that fills the segment up to `end`. It is found from behind: from an intact
 * unit not far before `end`, along the units that follow. Undefined: none of the units before `end` leads there. Blocking; throws the disk's error.
 */
export function lastUnitBefore(log: SegmentedLog, envelope: Envelope, end: number): FoundUnit | undefined {
  if (end <= log.minPosition) return undefined;
  const start = log.files.startOf(end - 1);
  for (const windowBytes of WINDOWS) {
    const from = Math.max(start, end - windowBytes);
    const buffer = log.readSync(from, end - from);
    const found = lastIn(buffer, from, envelope, end === start + log.segmentBytes);
    if (found !== undefined) return found;
    if (from === start) return undefined;
  }
  return undefined;
}

/** The last unit of a chain that fills the buffer from some place on; `full`: a blank may stand at the end. */
function lastIn(buffer: Buffer, from: number, envelope: Envelope, full: boolean): FoundUnit | undefined {
  for (let at = 0; at < buffer.length; at++) {
    if (!envelope.intactAt(buffer, at, buffer.length, from + at)) continue;
    const found = follow(buffer, at, from, envelope, full);
    if (found !== undefined) return found;
  }
  return undefined;
}

function follow(buffer: Buffer, first: number, from: number, envelope: Envelope, full: boolean): FoundUnit | undefined {
  let last: FoundUnit | undefined;
  for (let at = first; ; ) {
    if (at === buffer.length) return last;
    if (buffer.length - at < envelope.headerBytes) return undefined;
    const size = envelope.next(buffer, at, buffer.length, from + at);
    if (size === UNIT_BLANK) return full ? last : undefined;
    if (size <= 0 || !envelope.intactAt(buffer, at, buffer.length, from + at)) return undefined;
    last = { buffer, offset: at, size, position: from + at };
    at += size;
  }
}
