import {
  blankMagic,
  entryHeaderBytes,
  entryIndex,
  entryMagic,
  entryPosition,
  entrySize,
  entryTerm,
} from '../../cluster/raft-storage/entry.ts';

/** One entry as it stands in a file; `buffer` holds the whole file. */
export interface StoredEntry {
  readonly index: number;
  readonly term: number;
  readonly position: number;
  readonly buffer: Buffer;
  readonly offset: number;
  readonly byteLength: number;
}

/** Entries of a file that begins at position `start`, by their headers alone: up to the blank at its end, to what was never written, or to what makes no sense. */
export function* storedEntries(buffer: Buffer, start: number): Generator<StoredEntry> {
  for (let offset = 0; offset + entryHeaderBytes <= buffer.length; ) {
    const byteLength = entrySize(buffer, offset);
    const isEntry = entryMagic(buffer, offset) !== blankMagic && entryPosition(buffer, offset) === start + offset;
    if (!isEntry || byteLength < entryHeaderBytes || offset + byteLength > buffer.length) return;
    const [index, term] = [entryIndex(buffer, offset), entryTerm(buffer, offset)];
    yield { index, term, position: start + offset, buffer, offset, byteLength };
    offset += byteLength;
  }
}
