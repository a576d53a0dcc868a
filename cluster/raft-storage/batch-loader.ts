import type { EntryBatch, PortError } from '../../raft/index.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import type { Timers } from '../../src/platform/ports.ts';
import { entryHeaderBytes, entrySize } from './entry.ts';
import { batchOf, entryBytesOf } from './entry-batch.ts';
import { type ChainLink, EntryChain } from './entry-chain.ts';
import { type EntryFault, entryFaultAt } from './entry-reader.ts';

/** Ends of batches that are remembered: peers that catch up are few. */
const ENDS = 16;

export type LoadDone = (result: EntryBatch | EntryFault | PortError) => void;

/** Reads batches of entries that are no longer at hand, checked, without blocking. */
export class BatchLoader {
  readonly #segments: SegmentedLog;
  readonly #timers: Timers;
  readonly #firstWrotePosition: number;

  constructor(segments: SegmentedLog, timers: Timers, firstWrotePosition: number) {
    this.#segments = segments;
    this.#timers = timers;
    this.#firstWrotePosition = firstWrotePosition;
  }

  /** Links of the entries with which the last batches ended: the next ones begin behind them. */
  readonly #ends = new Map<number, ChainLink>();

  /** The link of an entry with which a batch ended. */
  endOf(index: number): ChainLink | undefined {
    return this.#ends.get(index);
  }

  /** The log was cut or repaired: what was read may be another entry now. */
  forget(): void {
    this.#ends.clear();
  }

  /** The link that the entry at `position` states, which the entry behind proves. `done` comes in a later turn. */
  linkAt(position: number, done: (result: ChainLink | EntryFault | PortError) => void): void {
    this.load(position, 1, undefined, (result) => {
      if ('code' in result) {
        done(result);
        return;
      }
      const chain = new EntryChain(this.#firstWrotePosition, undefined);
      chain.check(Buffer.concat(entryBytesOf(result)), 0, position);
      done({ index: chain.index, term: chain.term, chainCrc: chain.chainCrc });
    });
  }

  /**
   * The whole entries from `position` on, up to a file's end, from the files or from memory; one that is bigger than asked for alone. The first has to follow from `after`; undefined: nothing
   * proves its header. `done` comes in a later turn.
   */
  load(position: number, maxBytes: number, after: ChainLink | undefined, done: LoadDone): void {
    const memory = this.#segments.viewFrom(position);
    if (memory !== undefined) {
      const size = Math.min(memory.length, Math.max(maxBytes, entrySize(memory, 0)));
      this.#timers.endOfTurn(() => done(this.#checked(position, memory.subarray(0, size), after)));
      return;
    }
    const length = Math.min(Math.max(maxBytes, entryHeaderBytes), this.#segments.writtenPosition - position);
    this.#segments.read(position, length, (error, bytes) => {
      const size = bytes.length >= entryHeaderBytes ? entrySize(bytes, 0) : 0;
      if (error !== undefined) done(error);
      else if (size > bytes.length && size <= this.#segments.maxUnitBytes && length < size)
        this.load(position, size, after, done);
      else done(this.#checked(position, bytes, after));
    });
  }

  /** The whole entries before a blank or a damaged place; a fault if not even the first is intact. */
  #checked(position: number, bytes: Buffer, after: ChainLink | undefined): EntryBatch | EntryFault {
    const chain = new EntryChain(this.#firstWrotePosition, after);
    let fault = 'the batch has no whole entry';
    let offset = 0;
    while (offset + entryHeaderBytes <= bytes.length && bytes.readInt32BE(offset) > 0) {
      const size = entrySize(bytes, offset);
      if (size < entryHeaderBytes || offset + size > bytes.length) break;
      const why = chain.check(bytes, offset, position + offset);
      fault = why ?? fault;
      if (why !== undefined) break;
      offset += size;
    }
    const batch = offset === 0 ? fault : batchOf(bytes.subarray(0, offset));
    if (typeof batch !== 'string' && after !== undefined) this.#endsAt(chain);
    return typeof batch === 'string' ? entryFaultAt(this.#segments, position, batch) : batch;
  }
  #endsAt({ index, term, chainCrc }: EntryChain): void {
    this.#ends.delete(index);
    this.#ends.set(index, { index, term, chainCrc });
    if (this.#ends.size > ENDS) this.#ends.delete(this.#ends.keys().next().value!);
  }
}
