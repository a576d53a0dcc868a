import { UNIT_BLANK } from '../../src/log/envelope.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import { type EndProof, proofOf } from './wire.ts';

/** Bytes before the end of a log that are compared. */
const PROOF_BYTES = 64 << 10;

/** Proof of what stands before `position` (the end of a record, or of the log); undefined while some of it is neither in the files nor in memory in one piece. */
export function proveEnd(log: SegmentedLog, position: number, bytes = PROOF_BYTES): EndProof | undefined {
  const start = position === log.minPosition ? position : log.files.startOf(position - 1);
  const count = Math.min(bytes, position - start);
  if (count === 0) return proofOf(position, Buffer.alloc(0));
  const found = rawBytes(log, position - count, position);
  return found === undefined ? undefined : proofOf(position, found);
}

/** The bytes [from, to) of one file. */
function rawBytes(log: SegmentedLog, from: number, to: number): Buffer | undefined {
  if (to <= log.writtenPosition) {
    const bytes = log.readSync(from, to - from);
    return bytes.length === to - from ? bytes : undefined;
  }
  const views: Buffer[] = [];
  return log.collect(from, to, views) === to - from ? Buffer.concat(views) : undefined;
}

/** Whole records of one file that follow each other. */
export interface Run {
  readonly position: number;
  readonly bytes: Buffer;
}

/** What memory holds behind the record that ends at `position`: here, or in the next file behind a blank. Undefined: nothing is there, or it is only in the files. */
export function memoryRun(log: SegmentedLog, position: number): Run | undefined {
  if (position < log.memoryPosition) return undefined;
  const here = log.viewFrom(position);
  if (here === undefined) return undefined;
  if (log.envelope.next(here, 0, here.length, position) !== UNIT_BLANK)
    return { position, bytes: withoutBlank(log, here, position) };
  const next = log.files.startOf(position) + log.segmentBytes;
  const bytes = log.viewFrom(next);
  return bytes === undefined ? undefined : { position: next, bytes: withoutBlank(log, bytes, next) };
}

/** A chunk of memory holds whole records; in a file that is full a blank may follow them. */
function withoutBlank(log: SegmentedLog, bytes: Buffer, position: number): Buffer {
  const full = log.endPosition >= log.files.startOf(position) + log.segmentBytes;
  return full ? wholeRecords(log, bytes, position) : bytes;
}

/** The leading part of `bytes` that is whole records. */
function wholeRecords(log: SegmentedLog, bytes: Buffer, position: number): Buffer {
  let offset = 0;
  while (offset < bytes.length) {
    const size = log.envelope.next(bytes, offset, bytes.length, position + offset);
    if (size <= 0 || offset + size > bytes.length) break;
    offset += size;
  }
  return bytes.subarray(0, offset);
}

/** Bytes that are read from the files at once. */
const READ_BYTES = 256 << 10;

/** The same from the files, for what memory has let go of. `done` gets a sentence where the log cannot be read. */
export function readRun(
  log: SegmentedLog,
  position: number,
  done: (run: Run | string) => void,
  bytes = READ_BYTES,
): void {
  log.read(position, bytes, (error, found) => {
    if (error !== undefined) return done(`the log cannot be read at position ${position}: ${error.message}`);
    const size = log.envelope.next(found, 0, found.length, position);
    if (size === UNIT_BLANK) return readRun(log, log.files.startOf(position) + log.segmentBytes, done);
    if (size <= 0) return done(`there is no record at position ${position}`);
    if (size > found.length) return readRun(log, position, done, size);
    done({ position, bytes: wholeRecords(log, found, position) });
  });
}

/** What is wrong with records that came from elsewhere for this position, if anything: each must be whole, intact and in its place. */
export function verifyRun(log: SegmentedLog, bytes: Buffer, from: number, position: number): string | undefined {
  const { envelope } = log;
  for (let offset = from; offset < bytes.length; ) {
    const place = position + offset - from;
    const size = envelope.next(bytes, offset, bytes.length, place);
    if (size <= 0 || offset + size > bytes.length || !envelope.verify(bytes, offset, size, place)) {
      return `there is no intact record for position ${place}`;
    }
    offset += size;
  }
  return undefined;
}
