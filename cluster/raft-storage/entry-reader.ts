import { UNIT_BLANK } from '../../src/log/envelope.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import { entryHeaderBytes, entryIndex, entrySize } from './entry.ts';
import { EntryChain, nextEntry } from './entry-chain.ts';

const readBytes = 1 << 20;

/** A place at which the log cannot be read as entries. */
export interface EntryFault {
  readonly code: 'ROT';
  readonly file: string;
  readonly position: number;
  /** One sentence for people. */
  readonly message: string;
}

/** Sees one whole entry; false ends the walk. */
export type EntryVisitor = (buffer: Buffer, offset: number, size: number, position: number) => boolean;

export function entryFaultAt(log: SegmentedLog, position: number, why: string): EntryFault {
  const file = log.files.pathOf(position);
  return { code: 'ROT', file, position, message: `${file} is damaged at position ${position}: ${why}` };
}

/**
 * Walks over the entries that begin in [from, to), from memory where they are there, else from the files (blocking), skipping blanks. What comes from
 * the files is checked: bodies, positions, and how the entries are linked with each other. Throws the disk's error.
 */
export function walkEntries(
  log: SegmentedLog,
  firstWrotePosition: number,
  from: number,
  to: number,
  visit: EntryVisitor,
): EntryFault | undefined {
  let chain: EntryChain | undefined;
  let position = from;
  while (position < to) {
    const segmentEnd = log.files.startOf(position) + log.segmentBytes;
    const memory = log.viewFrom(position);
    if (memory !== undefined) chain = undefined;
    else chain ??= new EntryChain(firstWrotePosition, undefined);
    const piece = memory ?? readPiece(log, position);
    let offset = 0;
    while (position < to) {
      const size = nextEntry(piece, offset, piece.length);
      if (size === UNIT_BLANK) {
        position = segmentEnd;
        break;
      }
      // A header or an entry that the piece does not hold to its end begins the next piece.
      if (offset > 0 && offset + Math.max(size, entryHeaderBytes) > piece.length && position < segmentEnd) break;
      if (size <= 0 || offset + size > piece.length) return entryFaultAt(log, position, 'there is no entry');
      const fault = chain?.check(piece, offset, position);
      if (fault !== undefined) return entryFaultAt(log, position, fault);
      if (!visit(piece, offset, size, position)) return undefined;
      offset += size;
      position += size;
      if (offset === piece.length) break;
    }
  }
  return undefined;
}

/** Bytes at `position` that may be read from the files: what memory holds is perhaps not there yet. */
export function fileBytesAt(log: SegmentedLog, position: number, length: number): number {
  return Math.min(length, log.memoryPosition - position);
}

function readPiece(log: SegmentedLog, position: number): Buffer {
  const piece = log.readSync(position, fileBytesAt(log, position, readBytes));
  if (piece.length < entryHeaderBytes) return piece;
  const size = entrySize(piece, 0);
  return size > piece.length && size <= log.maxUnitBytes ? log.readSync(position, size) : piece;
}

/** Index of the entry whose header stands at `position`, read from memory or the files; undefined if there is none. */
export function indexAt(log: SegmentedLog, position: number): number | undefined {
  const header = log.view(position, entryHeaderBytes) ?? log.readSync(position, entryHeaderBytes);
  return nextEntry(header, 0, header.length) > 0 ? entryIndex(header, 0) : undefined;
}

/** Thrown by the synchronous look-ups of the log where an entry that is needed cannot be read: the node cannot go on. */
export class RottenLog extends Error {
  override readonly name = 'RottenLog';
  readonly fault: EntryFault;

  constructor(fault: EntryFault) {
    super(fault.message);
    this.fault = fault;
  }
}
