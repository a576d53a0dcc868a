import type { PortError } from '../../raft/index.ts';
import { assert } from '../../src/base/assert.ts';
import { UNIT_BLANK } from '../../src/log/envelope.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import { entryChainCrc, entryIndex, entryPosition, entryTerm, minBlankBytes } from './entry.ts';
import type { EntryBytes } from './entry-batch.ts';
import { type EntryChain, nextEntry } from './entry-chain.ts';

/** Entries are copied in pieces of about this size: well below that of a piece of the log's tail. */
const copiedBytes = 32 << 10;

/** Sees one entry of a batch at its place. */
export type BatchVisitor = (bytes: Buffer, offset: number, size: number) => void;

/** Visits the entries of a batch behind `afterIndex`, in order; the batch was checked. */
export function visitBatch(payload: EntryBytes, afterIndex: number, visit: BatchVisitor): void {
  for (const bytes of payload) {
    for (let offset = 0; offset < bytes.length; ) {
      const size = nextEntry(bytes, offset, bytes.length);
      if (size === UNIT_BLANK) {
        offset += bytes.readUInt32BE(offset + 4);
        continue;
      }
      if (entryIndex(bytes, offset) > afterIndex) visit(bytes, offset, size);
      offset += size;
    }
  }
}

/** Hears of one entry that was appended. */
export type EntryNote = (index: number, term: number, position: number, size: number, chainCrc: number) => void;

/** Appends the entries behind `afterIndex` to the log, those that adjoin with one copy; the batch was checked. */
export function copyBatch(log: SegmentedLog, payload: EntryBytes, afterIndex: number, note: EntryNote): void {
  for (const bytes of payload) {
    let from = 0;
    let to = 0;
    const copyRun = (): void => {
      if (from === to) return;
      assert(log.appendRun(entryPosition(bytes, from), bytes, from, to), 'the position was checked');
    };
    visitBatch([bytes], afterIndex, (_bytes, offset, size) => {
      if (offset !== to || to - from >= copiedBytes) {
        copyRun();
        from = offset;
      }
      to = offset + size;
      const [index, term] = [entryIndex(bytes, offset), entryTerm(bytes, offset)];
      note(index, term, entryPosition(bytes, offset), size, entryChainCrc(bytes, offset));
    });
    copyRun();
  }
}

/**
 * Checks the entries of a received batch behind the end of the own log: each intact, linked to the one before, and at the position that the
 * layout rule gives (raft/FORMATS.md 2). `chain` stands at the own last entry and is moved. Returns what is wrong.
 */
export function checkBatch(log: SegmentedLog, payload: EntryBytes, chain: EntryChain): PortError | undefined {
  const afterIndex = chain.index;
  let end = log.endPosition;
  let seen = 0;
  for (const bytes of payload) {
    let blankAt = -1;
    for (let offset = 0; offset < bytes.length; ) {
      const size = nextEntry(bytes, offset, bytes.length);
      if (size === UNIT_BLANK) {
        const length = bytes.readUInt32BE(offset + 4);
        const fault =
          seen === 0
            ? 'the batch begins with a blank'
            : blankFault(log, bytes, offset, length, seen >= afterIndex ? end : undefined);
        if (fault !== undefined) return divergence(`behind entry ${chain.index}: ${fault}`);
        blankAt = end;
        offset += length;
        continue;
      }
      if (size <= 0 || offset + size > bytes.length) return divergence(`no whole entry at byte ${offset} of a batch`);
      const index = entryIndex(bytes, offset);
      if (index > afterIndex) {
        const fault =
          placeFault(log, bytes, offset, size, end, blankAt) ??
          chain.check(bytes, offset, entryPosition(bytes, offset));
        if (fault !== undefined) return divergence(`entry ${index}: ${fault}`);
        end = entryPosition(bytes, offset) + size;
      }
      seen = index;
      blankAt = -1;
      offset += size;
    }
  }
  return undefined;
}

/** Is the entry where the layout rule puts it, given that the log ends at `end`? */
function placeFault(
  log: SegmentedLog,
  bytes: Buffer,
  offset: number,
  size: number,
  end: number,
  blankAt: number,
): string | undefined {
  if (size > log.maxUnitBytes) return `its ${size} bytes do not fit into a data file of ${log.segmentBytes} bytes`;
  const segmentEnd = log.files.startOf(end) + log.segmentBytes;
  const fits = end + size + minBlankBytes <= segmentEnd;
  const expected = fits ? end : segmentEnd;
  const position = entryPosition(bytes, offset);
  if (position === expected && !(fits && blankAt === end)) return undefined;
  return `the leader put it at position ${position}, by this log's end ${end} and data-file size ${log.segmentBytes} it belongs at ${expected}`;
}

/** Is a blank inside a batch whole, zero, and (where the own end is known) exactly the rest of the file? */
function blankFault(
  log: SegmentedLog,
  bytes: Buffer,
  offset: number,
  length: number,
  end: number | undefined,
): string | undefined {
  if (length < minBlankBytes || offset + length > bytes.length) return `a blank of ${length} bytes is not whole`;
  const rest = end === undefined ? length : log.files.startOf(end) + log.segmentBytes - end;
  if (length !== rest) return `a blank has ${length} bytes, the rest of the data file ${rest}`;
  for (let at = offset + minBlankBytes; at < offset + length; at++) if (bytes[at] !== 0) return 'a blank is not zero';
  return undefined;
}

function divergence(message: string): PortError {
  return { code: 'DIVERGENCE', message: `this log and the leader's differ at ${message}` };
}
