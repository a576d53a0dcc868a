import { crc32 } from 'node:zlib';
import { readInt32, readInt64, readUint32, writeInt32, writeInt64 } from '../../src/base/bytes.ts';

/** Bytes of an entry's header, before its body (raft/FORMATS.md 1; DLedger's DLedgerEntry.BODY_OFFSET). */
export const entryHeaderBytes = 48;
/** The least that stays free at the end of a file for a blank (DLedger: MmapFileList.MIN_BLANK_LEN). */
export const minBlankBytes = 8;
export const blankMagic = -1;
/** The only magic that is written; 2 (NOOP) and 3 (CONFIG_CHANGE) are read in adopted directories. */
export const normalMagic = 1;
export const configChangeMagic = 3;

const channelAt = 32;
const chainCrcAt = 36;
const bodyCrcAt = 40;
const bodyLengthAt = 44;

export function entryMagic(buffer: Buffer, offset: number): number {
  return readInt32(buffer, offset);
}

/** Size of the whole entry, as its header says. */
export function entrySize(buffer: Buffer, offset: number): number {
  return readUint32(buffer, offset + 4);
}

/** Index in the core's counting (the first entry is 1); the file counts from 0, as DLedger does. */
export function entryIndex(buffer: Buffer, offset: number): number {
  return readInt64(buffer, offset + 8) + 1;
}

export function entryTerm(buffer: Buffer, offset: number): number {
  return readInt64(buffer, offset + 16);
}

/** Position of the header in the log. */
export function entryPosition(buffer: Buffer, offset: number): number {
  return readInt64(buffer, offset + 24);
}

export function entryChainCrc(buffer: Buffer, offset: number): number {
  return readUint32(buffer, offset + chainCrcAt);
}

export function entryBodyCrc(buffer: Buffer, offset: number): number {
  return readUint32(buffer, offset + bodyCrcAt);
}

export function entryBodyLength(buffer: Buffer, offset: number): number {
  return readUint32(buffer, offset + bodyLengthAt);
}

/** CRC-32 of bytes, never 0: 0 stands for "none" in DLedger's fields and is stored as 1. */
export function crcOf(buffer: Buffer, from: number, to: number): number {
  return crc32(buffer.subarray(from, to)) || 1;
}

/** What the chain covers of one entry: previous chain CRC, header bytes 0-35, body CRC. */
const linkBytes = Buffer.alloc(4 + chainCrcAt + 4);

/** The chain CRC of the entry whose header (bytes 0-35) stands at `offset`. */
export function chainCrcOf(previousChainCrc: number, buffer: Buffer, offset: number, bodyCrc: number): number {
  writeInt32(linkBytes, previousChainCrc, 0);
  // By hand: a copy of a part makes a view first, which costs more than 36 bytes.
  for (let at = 0; at < chainCrcAt; at++) linkBytes[4 + at] = buffer[offset + at]!;
  writeInt32(linkBytes, bodyCrc, 4 + chainCrcAt);
  return crc32(linkBytes) || 1;
}

/** Fills in the header before a finished body of `bodyLength` bytes at `offset + 48`; `index` is the core's. Returns the chain CRC. */
export function sealEntry(
  buffer: Buffer,
  offset: number,
  bodyLength: number,
  index: number,
  term: number,
  position: number,
  previousChainCrc: number,
): number {
  writeInt32(buffer, normalMagic, offset);
  writeInt32(buffer, entryHeaderBytes + bodyLength, offset + 4);
  writeInt64(buffer, index - 1, offset + 8);
  writeInt64(buffer, term, offset + 16);
  writeInt64(buffer, position, offset + 24);
  writeInt32(buffer, 0, offset + channelAt);
  const body = offset + entryHeaderBytes;
  const bodyCrc = crcOf(buffer, body, body + bodyLength);
  const chainCrc = chainCrcOf(previousChainCrc, buffer, offset, bodyCrc);
  writeInt32(buffer, chainCrc, offset + chainCrcAt);
  writeInt32(buffer, bodyCrc, offset + bodyCrcAt);
  writeInt32(buffer, bodyLength, offset + bodyLengthAt);
  return chainCrc;
}

/** Writes the first 8 bytes of an end-of-file blank; the rest of the file stays zero. */
export function writeBlank(target: Buffer, offset: number, remaining: number): void {
  target.writeInt32BE(blankMagic, offset);
  target.writeUInt32BE(remaining, offset + 4);
}

/** Does a body divide exactly into records, each of which begins with its own size? */
export function dividesIntoRecords(buffer: Buffer, from: number, to: number): boolean {
  let at = from;
  while (at + 4 <= to) {
    const size = readInt32(buffer, at);
    if (size < 4) return false;
    at += size;
  }
  return at === to && to > from;
}
