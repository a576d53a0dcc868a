import type { EntryBatch, PortError } from '../../raft/index.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import type { Timers } from '../../src/platform/ports.ts';
import { entryHeaderBytes, entrySize } from './entry.ts';
import { batchOf } from './entry-batch.ts';
import { EntryChain } from './entry-chain.ts';
import { type EntryFault, entryFaultAt } from './entry-reader.ts';

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

  /** The whole entries from `position` on, up to a file's end, from the files or from memory; one that is bigger than asked for alone. `done` comes in a later turn. */
  load(position: number, maxBytes: number, done: (result: EntryBatch | EntryFault | PortError) => void): void {
    const memory = this.#segments.viewFrom(position);
    if (memory !== undefined) {
      const size = Math.min(memory.length, Math.max(maxBytes, entrySize(memory, 0)));
      this.#timers.endOfTurn(() => done(this.#checked(position, memory.subarray(0, size))));
      return;
    }
    const length = Math.min(Math.max(maxBytes, entryHeaderBytes), this.#segments.writtenPosition - position);
    this.#segments.read(position, length, (error, bytes) => {
      const size = bytes.length >= entryHeaderBytes ? entrySize(bytes, 0) : 0;
      if (error !== undefined) done(error);
      else if (size > bytes.length && size <= this.#segments.maxUnitBytes && length < size)
        this.load(position, size, done);
      else done(this.#checked(position, bytes));
    });
  }

  /** The whole entries before a blank or a damaged place; a fault if not even the first is intact. */
  #checked(position: number, bytes: Buffer): EntryBatch | EntryFault {
    const chain = new EntryChain(this.#firstWrotePosition, undefined);
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
    return typeof batch === 'string' ? entryFaultAt(this.#segments, position, batch) : batch;
  }
}
