import { UNIT_BLANK } from '../../src/log/envelope.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import { entryHeaderBytes, entryIndex } from './entry.ts';
import { nextEntry } from './entry-chain.ts';
import { type EntryFault, entryFaultAt, fileBytesAt, indexAt } from './entry-reader.ts';

/** Distance between two remembered places. */
const anchorBytes = 1 << 20;

/**
 * Finds the position of entries that are no longer in the ring, without an index file: it remembers one entry in about each MiB that it sees, knows each
 * file's first index from its first header, and hops from header to header in between. (DLedger's index directory is not used.)
 */
export class EntryLocator {
  readonly #log: SegmentedLog;
  /** Remembered places, ascending. */
  readonly #indexes: number[] = [];
  readonly #positions: number[] = [];

  /** An entry that is noted at or behind this position is remembered: one in each MiB, and the first of each file. */
  #nextNote = 0;

  constructor(log: SegmentedLog) {
    this.#log = log;
  }

  /** Hears of an entry behind all that are remembered. */
  note(index: number, position: number): void {
    if (position < this.#nextNote) return;
    this.#indexes.push(index);
    this.#positions.push(position);
    const segmentEnd = this.#log.files.startOf(position) + this.#log.segmentBytes;
    this.#nextNote = Math.min(position + anchorBytes, segmentEnd);
  }

  /** The same for a place that is remembered in any case: the way to it leads over a damaged one. */
  mark(index: number, position: number): void {
    this.#nextNote = position;
    this.note(index, position);
  }

  /** The last remembered place at or below `position`; undefined if there is none. */
  below(position: number): { readonly index: number; readonly position: number } | undefined {
    let slot = this.#positions.length - 1;
    while (slot >= 0 && this.#positions[slot]! > position) slot--;
    return slot < 0 ? undefined : { index: this.#indexes[slot]!, position: this.#positions[slot]! };
  }

  /** Places at or below `position`, the nearest first, at which an entry begins, as far as is remembered: where to begin to look at a damaged place. */
  startsBelow(position: number): number[] {
    const { files, minPosition, segmentBytes } = this.#log;
    const start = files.startOf(position);
    const near = this.below(position)?.position ?? start;
    const before = start > minPosition ? start - segmentBytes : minPosition;
    const found = [near, this.below(near - 1)?.position ?? start, start, before];
    return found.filter((one, i) => one >= minPosition && found.indexOf(one) === i);
  }

  /** Forgets `index` and all behind it. */
  cut(index: number): void {
    const keep = this.#below(index - 1) + 1;
    this.#indexes.length = keep;
    this.#positions.length = keep;
    this.#nextNote = 0;
  }

  /** Forgets the places in [from, to): what was read there was damaged. */
  dropWithin(from: number, to: number): void {
    for (let slot = this.#positions.length - 1; slot >= 0; slot--) {
      if (this.#positions[slot]! < from || this.#positions[slot]! >= to) continue;
      this.#indexes.splice(slot, 1);
      this.#positions.splice(slot, 1);
    }
  }

  /** Forgets all below `index`. */
  dropBelow(index: number): void {
    const drop = this.#below(index - 1) + 1;
    this.#indexes.splice(0, drop);
    this.#positions.splice(0, drop);
  }

  /** Slot of the last remembered place at or below `index`; -1 if there is none. */
  #below(index: number): number {
    let low = -1;
    let high = this.#indexes.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#indexes[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #remember(index: number, position: number): void {
    const slot = this.#below(index);
    if (slot >= 0 && position - this.#positions[slot]! < anchorBytes && this.#sameFile(slot, position)) return;
    if (slot >= 0 && this.#indexes[slot] === index) return;
    this.#indexes.splice(slot + 1, 0, index);
    this.#positions.splice(slot + 1, 0, position);
  }

  #sameFile(slot: number, position: number): boolean {
    return this.#log.files.startOf(this.#positions[slot]!) === this.#log.files.startOf(position);
  }

  /** The nearest known place at or below `index`, at worst the first entry of its file. */
  #nearest(index: number): { index: number; position: number } {
    const { segments } = this.#log.files;
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const start = segments[middle]!.start;
      const first = indexAt(this.#log, start);
      if (first !== undefined) this.#remember(first, start);
      if (first !== undefined && first <= index) low = middle;
      else high = middle - 1;
    }
    const start = segments[low]?.start ?? this.#log.minPosition;
    const slot = this.#below(index);
    if (slot >= 0 && this.#positions[slot]! >= start) {
      return { index: this.#indexes[slot]!, position: this.#positions[slot]! };
    }
    return { index: indexAt(this.#log, start) ?? index, position: start };
  }

  /** Position of a kept entry; blocking, reads up to an MiB where places are remembered, up to a file where not. Throws the disk's error. */
  locate(index: number): number | EntryFault {
    const hop = new Hop(this.#nearest(index), index);
    for (;;) {
      const memory = this.#log.viewFrom(hop.position);
      const result = this.#step(
        hop,
        memory ?? this.#log.readSync(hop.position, fileBytesAt(this.#log, hop.position, anchorBytes)),
      );
      if (result !== undefined) return result;
    }
  }

  /** The same without blocking; `done` may come within this call. */
  locateLater(index: number, done: (result: number | EntryFault | { code: string; message: string }) => void): void {
    const hop = new Hop(this.#nearest(index), index);
    const read = (): void => {
      let result: number | EntryFault | undefined = hop.index === index ? hop.position : undefined;
      for (let memory = this.#log.viewFrom(hop.position); memory !== undefined && result === undefined; ) {
        result = this.#step(hop, memory);
        memory = this.#log.viewFrom(hop.position);
      }
      if (result !== undefined) {
        done(result);
        return;
      }
      this.#log.read(hop.position, fileBytesAt(this.#log, hop.position, anchorBytes), (error, bytes) => {
        const found = error ?? this.#step(hop, bytes);
        if (found === undefined) read();
        else done(found);
      });
    };
    read();
  }

  /** Hops through bytes that begin at the hop's position; a result, or undefined if more bytes are wanted. */
  #step(hop: Hop, bytes: Buffer): number | EntryFault | undefined {
    this.#remember(hop.index, hop.position);
    const start = hop.position;
    const segmentEnd = this.#log.files.startOf(start) + this.#log.segmentBytes;
    for (let offset = 0; hop.index !== hop.target; offset = hop.position - start) {
      if (offset > 0 && offset + entryHeaderBytes > bytes.length) return undefined;
      const size = nextEntry(bytes, offset, bytes.length);
      if (size <= 0 || entryIndex(bytes, offset) !== hop.index || hop.position + size > segmentEnd) {
        // Behind a file's last entry: the header with which the next one begins does not say that it is this one.
        if (size === UNIT_BLANK && this.#log.files.has(segmentEnd)) hop.position = segmentEnd;
        return entryFaultAt(this.#log, hop.position, `there is no entry ${hop.index}`);
      }
      hop.position += size;
      hop.index++;
    }
    return hop.position;
  }
}

/** A walk from a known entry to a target in the same file. */
class Hop {
  index: number;
  position: number;
  readonly target: number;

  constructor(from: { index: number; position: number }, target: number) {
    this.index = from.index;
    this.position = from.position;
    this.target = target;
  }
}
