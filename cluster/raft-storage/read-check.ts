import { crcOf, entryBodyCrc, entryHeaderBytes, entryPosition } from './entry.ts';
import { nextEntry } from './entry-chain.ts';

/**
 * The first damaged place among the entries whose headers stand in bytes read from the log's files at `position`: judged by each body's CRC, and by where each entry ends.
 * What comes before the first header that is found, and an entry that the bytes do not hold to its end, are not judged.
 */
export function damageIn(bytes: Buffer, position: number, firstWrotePosition: number): number | undefined {
  let offset = firstHeader(bytes, position);
  while (offset !== undefined && offset + entryHeaderBytes <= bytes.length) {
    const size = nextEntry(bytes, offset, bytes.length);
    // A blank, or what the log does not reach yet.
    if (size === -1 || size === 0) return size === 0 ? position + offset : undefined;
    if (size < 0 || entryPosition(bytes, offset) !== position + offset) return position + offset;
    if (offset + size > bytes.length) return undefined;
    const stored = entryBodyCrc(bytes, offset);
    const isStock = stored === 0 && position + offset < firstWrotePosition;
    if (!isStock && stored !== crcOf(bytes, offset + entryHeaderBytes, offset + size)) return position + offset;
    offset += size;
  }
  return undefined;
}

/** Offset of the first header that says of itself that it stands where it does. */
function firstHeader(bytes: Buffer, position: number): number | undefined {
  for (let offset = 0; offset + entryHeaderBytes <= bytes.length; offset++) {
    // The low half of the position field rejects nearly every offset.
    if (bytes.readUInt32BE(offset + 28) !== (position + offset) >>> 0) continue;
    if (entryPosition(bytes, offset) === position + offset && nextEntry(bytes, offset, bytes.length) > 0) return offset;
  }
  return undefined;
}
