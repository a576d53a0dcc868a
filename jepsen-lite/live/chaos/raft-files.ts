import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  blankMagic,
  entryHeaderBytes,
  entryIndex,
  entryMagic,
  entryPosition,
  entrySize,
  entryTerm,
} from '../../../cluster/raft-storage/entry.ts';

/** One file of a member's log. */
export interface SegmentFile {
  readonly path: string;
  /** Position of its first byte. */
  readonly start: number;
  readonly byteLength: number;
}

/** Files of the log of a member that does not run, from the first to the last. `directory` is its storePathRootDir/dledger-ID. */
export function segmentFiles(directory: string): SegmentFile[] {
  const data = join(directory, 'data');
  return readdirSync(data)
    .filter((name) => /^\d{20}$/.test(name))
    .sort()
    .map((name) => ({ path: join(data, name), start: Number(name), byteLength: statSync(join(data, name)).size }));
}

/** One entry as it stands in a file; `buffer` holds the whole file. */
export interface StoredEntry {
  readonly index: number;
  readonly term: number;
  readonly position: number;
  readonly buffer: Buffer;
  readonly offset: number;
  readonly byteLength: number;
}

/** Entries of a file, by their headers alone: up to the blank at its end, to what was never written, or to what makes no sense. */
export function* storedEntries({ path, start }: SegmentFile): Generator<StoredEntry> {
  const buffer = readFileSync(path);
  for (let offset = 0; offset + entryHeaderBytes <= buffer.length; ) {
    const byteLength = entrySize(buffer, offset);
    const isEntry = entryMagic(buffer, offset) !== blankMagic && entryPosition(buffer, offset) === start + offset;
    if (!isEntry || byteLength < entryHeaderBytes || offset + byteLength > buffer.length) return;
    const [index, term] = [entryIndex(buffer, offset), entryTerm(buffer, offset)];
    yield { index, term, position: start + offset, buffer, offset, byteLength };
    offset += byteLength;
  }
}
