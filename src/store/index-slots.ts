import { readInt32, writeInt32 } from '../base/bytes.ts';
import { INDEX_SLOT_BYTES } from './index-format.ts';

/** Slots in use beyond which one table of all slots costs less than a map. */
const DENSE_FROM = 65_536;
const PAGE_BYTES = 4096;
/** Untouched pages between two touched ones that are written along rather than skipped. */
const JOINED_PAGES = 8;

/** The slots of the index file that is being filled: newest entry by slot. Small while few are used. */
export class IndexSlots {
  readonly #slotCount: number;
  #sparse = new Map<number, number>();
  #dense: Buffer | undefined;
  used = 0;

  constructor(slotCount: number) {
    this.#slotCount = slotCount;
  }

  get(slot: number): number {
    return this.#dense === undefined ? (this.#sparse.get(slot) ?? 0) : readInt32(this.#dense, slot * INDEX_SLOT_BYTES);
  }

  /** Makes `entry` the newest of the slot; returns the one before it, 0 for none. */
  replace(slot: number, entry: number): number {
    const previous = this.get(slot);
    if (previous === 0) this.used++;
    if (this.#dense !== undefined) {
      writeInt32(this.#dense, entry, slot * INDEX_SLOT_BYTES);
      return previous;
    }
    this.#sparse.set(slot, entry);
    if (this.#sparse.size < DENSE_FROM) return previous;
    this.#dense = this.#table();
    this.#sparse = new Map();
    return previous;
  }

  #table(): Buffer {
    const table = Buffer.alloc(this.#slotCount * INDEX_SLOT_BYTES);
    for (const [slot, entry] of this.#sparse) table.writeInt32BE(entry, slot * INDEX_SLOT_BYTES);
    return table;
  }

  /** Takes the slots of a file as they are. */
  load(table: Buffer, used: number): void {
    this.#dense = table;
    this.#sparse = new Map();
    this.used = used;
  }

  /** Ranges of the slot table, in order, that hold all slots in use: views with their byte offset in the table. */
  runs(): { at: number; bytes: Buffer }[] {
    const table = this.#dense ?? this.#table();
    if (this.#dense !== undefined) return [{ at: 0, bytes: table }];
    const pages = new Set<number>();
    for (const slot of this.#sparse.keys()) pages.add(Math.floor((slot * INDEX_SLOT_BYTES) / PAGE_BYTES));
    const runs: { at: number; bytes: Buffer }[] = [];
    let first = -1;
    let last = -1;
    const close = () => {
      if (first >= 0)
        runs.push({ at: first * PAGE_BYTES, bytes: table.subarray(first * PAGE_BYTES, (last + 1) * PAGE_BYTES) });
    };
    for (const page of [...pages].sort((a, b) => a - b)) {
      if (first < 0 || page > last + JOINED_PAGES) {
        close();
        first = page;
      }
      last = page;
    }
    close();
    return runs;
  }
}
