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

/** Folder of a member's Raft log: `data/`, `snapshots/`, `hardstate`. */
export function raftDirectoryOf(storeDirectory: string, name: string): string {
  return join(storeDirectory, `dledger-${name}`);
}

/** Files of a log that does not grow, from the first to the last. `directory` is `data` of the Raft log, or `commitlog` of the native store. */
export function segmentFiles(directory: string): SegmentFile[] {
  return readdirSync(directory)
    .filter((name) => /^\d{20}$/.test(name))
    .sort()
    .map((name) => {
      const path = join(directory, name);
      return { path, start: Number(name), byteLength: statSync(path).size };
    });
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
