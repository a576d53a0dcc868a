import {
  blankMagic,
  entryHeaderBytes,
  entryIndex,
  entryMagic,
  entryPosition,
  entrySize,
  entryTerm,
} from '../../cluster/raft-storage/entry.ts';
import type { FileWindow } from './file-window.ts';

/** One entry as it stands in a file. */
export interface StoredEntry {
  readonly index: number;
  readonly term: number;
  readonly position: number;
  /** All of it, with its header; valid until the next entry. */
  readonly bytes: Buffer;
}

/** Entries of a file that begins at position `start`, by their headers alone: up to the blank at its end, to what was never written, or to what makes no sense. */
export function* storedEntries(file: FileWindow, start: number): Generator<StoredEntry> {
  for (let at = 0; ; ) {
    const header = file.bytes(at, entryHeaderBytes);
    const position = start + at;
    if (header === undefined || entryMagic(header, 0) === blankMagic || entryPosition(header, 0) !== position) return;
    const byteLength = entrySize(header, 0);
    const [index, term] = [entryIndex(header, 0), entryTerm(header, 0)];
    const bytes = byteLength < entryHeaderBytes ? undefined : file.bytes(at, byteLength);
    if (bytes === undefined) return;
    yield { index, term, position, bytes };
    at += byteLength;
  }
}
