import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import { entryHeaderBytes } from './entry.ts';
import { nextEntry } from './entry-chain.ts';

const STEP_BYTES = 1 << 20;
const zeros = Buffer.alloc(STEP_BYTES);

/**
 * Is what stands behind the last intact entry, at `position`, the beginning of a write that its process did not live to complete? A write reaches the page cache from front to
 * back, so the entry's last byte and all behind it (`searchBytes` of it are looked at) are zeros. An entry that is there to its last byte and does not verify is damaged.
 * Throws the disk's error.
 */
export function isTornWrite(log: SegmentedLog, position: number, searchBytes: number): boolean {
  const header = log.readSync(position, entryHeaderBytes);
  const size = nextEntry(header, 0, header.length);
  const from = size > 0 ? position + size - 1 : position + entryHeaderBytes;
  return isZero(log, from, Math.min(log.files.maxPosition, Math.max(from, position + searchBytes)));
}

function isZero(log: SegmentedLog, from: number, to: number): boolean {
  const step = Buffer.allocUnsafeSlow(Math.min(STEP_BYTES, log.segmentBytes));
  for (let position = from; position < to; ) {
    const count = Math.min(log.readInto(step, position), to - position);
    if (count === 0) return true;
    if (zeros.compare(step, 0, count, 0, count) !== 0) return false;
    position += count;
  }
  return true;
}
