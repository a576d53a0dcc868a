import { type Envelope, UNIT_BAD, UNIT_BLANK, UNIT_END } from '../../src/log/envelope.ts';
import {
  blankMagic,
  chainCrcOf,
  configChangeMagic,
  crcOf,
  dividesIntoRecords,
  entryBodyCrc,
  entryBodyLength,
  entryChainCrc,
  entryHeaderBytes,
  entryIndex,
  entryMagic,
  entryPosition,
  entrySize,
  entryTerm,
  minBlankBytes,
  normalMagic,
  writeBlank,
} from './entry.ts';

/** The entry behind which a chain goes on. */
export interface ChainLink {
  /** 0 before the first entry of the group. */
  readonly index: number;
  readonly term: number;
  readonly chainCrc: number;
}

/** An entry up to which the log is known to be intact and fsynced: that of a durable snapshot. */
export interface LogCheckpoint extends ChainLink {
  readonly position: number;
  readonly endPosition: number;
}

/**
 * Checks entries one after another: each must be intact and the successor of the one before (raft/FORMATS.md 1). Entries below
 * `firstWrotePosition` were written by a stock DLedger, which leaves the CRC fields 0: their link is the CRC-32 of the whole entry.
 */
export class EntryChain {
  readonly firstWrotePosition: number;
  index: number;
  term: number;
  chainCrc: number;
  /** False: the first entry's index and link are taken as they are, because what came before is gone. */
  #known: boolean;

  constructor(firstWrotePosition: number, after: ChainLink | undefined) {
    this.firstWrotePosition = firstWrotePosition;
    this.index = after?.index ?? 0;
    this.term = after?.term ?? 0;
    this.chainCrc = after?.chainCrc ?? 0;
    this.#known = after !== undefined;
  }

  /** Goes back to an earlier link. */
  reset(after: ChainLink): void {
    this.index = after.index;
    this.term = after.term;
    this.chainCrc = after.chainCrc;
    this.#known = true;
  }

  /** Checks the whole entry at `buffer[offset]`, whose size the caller has checked to be there; returns what is wrong, or steps on. */
  check(buffer: Buffer, offset: number, position: number): string | undefined {
    const index = entryIndex(buffer, offset);
    const term = entryTerm(buffer, offset);
    if (this.#known && index !== this.index + 1) return `its index is ${index}, expected ${this.index + 1}`;
    if (term < this.term) return `its term ${term} is below the term ${this.term} before it`;
    const stock = position < this.firstWrotePosition;
    const fault = entryFault(buffer, offset, position, stock);
    if (fault !== undefined) return fault;
    const stored = entryChainCrc(buffer, offset);
    if (this.#known && !(stock && stored === 0)) {
      const expected = chainCrcOf(this.chainCrc, buffer, offset, entryBodyCrc(buffer, offset));
      if (stored !== expected) return `its chain CRC is ${stored}, expected ${expected}`;
    }
    this.index = index;
    this.term = term;
    this.chainCrc = stock && stored === 0 ? crcOf(buffer, offset, offset + entrySize(buffer, offset)) : stored;
    this.#known = true;
    return undefined;
  }
}

/** What is wrong with an entry that is wholly there, judged by its own bytes. */
function entryFault(buffer: Buffer, offset: number, position: number, stock: boolean): string | undefined {
  const size = entrySize(buffer, offset);
  if (size !== entryHeaderBytes + entryBodyLength(buffer, offset)) return `its size ${size} is not 48 + body length`;
  const stated = entryPosition(buffer, offset);
  if (stated !== position) return `its header says position ${stated}, it stands at ${position}`;
  const body = offset + entryHeaderBytes;
  const stored = entryBodyCrc(buffer, offset);
  if (stored !== 0 || !stock) {
    const crc = crcOf(buffer, body, offset + size);
    if (stored !== crc) return `its body CRC is ${stored}, expected ${crc}`;
  }
  if (entryMagic(buffer, offset) !== normalMagic) return stock ? undefined : 'its magic is not 1';
  return dividesIntoRecords(buffer, body, offset + size) ? undefined : 'its body does not divide into records';
}

/** Size of the entry at `offset`, UNIT_BLANK, UNIT_END or UNIT_BAD (see Envelope.next). */
export function nextEntry(buffer: Buffer, offset: number, limit: number): number {
  if (offset + minBlankBytes > limit) return UNIT_BAD;
  const magic = entryMagic(buffer, offset);
  if (magic === blankMagic) return UNIT_BLANK;
  if (magic === 0) return UNIT_END;
  if (magic < normalMagic || magic > configChangeMagic || offset + entryHeaderBytes > limit) return UNIT_BAD;
  const size = entrySize(buffer, offset);
  return size === entryHeaderBytes + entryBodyLength(buffer, offset) ? size : UNIT_BAD;
}

/** The envelope of DLedger entries; `verify` steps along `chain`. */
export function entryEnvelope(chain: EntryChain): Envelope {
  return {
    minBlankBytes,
    headerBytes: entryHeaderBytes,
    writeBlank,
    next: nextEntry,
    verify: (buffer, offset, _size, position) => chain.check(buffer, offset, position) === undefined,
    intactAt(buffer, offset, limit, position) {
      // The low half of the position field rejects nearly every offset.
      if (offset + entryHeaderBytes > limit || buffer.readUInt32BE(offset + 28) !== position >>> 0) return false;
      const size = nextEntry(buffer, offset, limit);
      if (size <= 0 || offset + size > limit) return false;
      return entryFault(buffer, offset, position, position < chain.firstWrotePosition) === undefined;
    },
  };
}
