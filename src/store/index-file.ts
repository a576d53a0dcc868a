import { assert } from '../base/assert.ts';
import { asDiskError } from '../log/log-error.ts';
import type { DiskError, DiskFile } from '../platform/ports.ts';
import type { FileHandles } from './file-handles.ts';
import {
  entryAddress,
  INDEX_ENTRY_BYTES,
  INDEX_HEADER_BYTES,
  type IndexEntry,
  type IndexGeometry,
  type IndexHeader,
  indexFileBytes,
  readIndexEntry,
  readIndexHeader,
  slotAddress,
  writeIndexEntry,
  writeIndexHeader,
} from './index-format.ts';
import { IndexSlots } from './index-slots.ts';

type Done = (error: DiskError | undefined) => void;

/** Entries read at once while the slots are rebuilt. */
const SCAN_ENTRIES = 50_000;

/**
 * One index file in RocketMQ's format. Entries go to memory and are written behind; the slots of the file that is being filled stay in memory
 * and are written when it is full or closed. Until then its header counts 0 used slots, and the slots follow from the entries.
 */
export class IndexFile {
  readonly path: string;
  readonly header: IndexHeader;
  readonly #geometry: IndexGeometry;
  readonly #handles: FileHandles;
  /** Only while the file may still get entries, or its slots are not written. */
  #slots: IndexSlots | undefined;
  /** Entries from `#writtenEntries` on. */
  #pending: Buffer = Buffer.allocUnsafeSlow(64 * INDEX_ENTRY_BYTES);
  #writtenEntries: number;
  /** The file holds everything, the slots included. */
  #sealed: boolean;
  #unsynced = false;

  private constructor(handles: FileHandles, geometry: IndexGeometry, path: string, header: IndexHeader) {
    this.#handles = handles;
    this.#geometry = geometry;
    this.path = path;
    this.header = header;
    this.#writtenEntries = header.nextEntry;
    this.#sealed = header.usedSlots > 0;
  }

  static create(handles: FileHandles, geometry: IndexGeometry, path: string): IndexFile {
    const header = { beginTimestamp: 0, endTimestamp: 0, beginPosition: 0, endPosition: 0, usedSlots: 0, nextEntry: 1 };
    const file = new IndexFile(handles, geometry, path, header);
    file.#slots = new IndexSlots(geometry.slotCount);
    return file;
  }

  /** Opens a file that exists; undefined if it cannot be an index file of this geometry. Throws the disk's error. */
  static open(handles: FileHandles, geometry: IndexGeometry, path: string): IndexFile | undefined {
    const file = handles.use(path);
    if (file.size() !== indexFileBytes(geometry)) return undefined;
    const bytes = Buffer.alloc(INDEX_HEADER_BYTES);
    file.readSync(bytes, 0);
    const header = readIndexHeader(bytes);
    return header.nextEntry > geometry.entryCount ? undefined : new IndexFile(handles, geometry, path, header);
  }

  get full(): boolean {
    return this.header.nextEntry >= this.#geometry.entryCount;
  }

  /** The slots in the file are up to date: it was closed cleanly. */
  get sealed(): boolean {
    return this.#sealed;
  }

  /** Adds an entry. Positions never fall. */
  put(hash: number, position: number, storeTimestamp: number): void {
    const { header } = this;
    const slots = this.#slots;
    assert(slots !== undefined && !this.full, 'only the newest index file grows');
    const slot = hash % this.#geometry.slotCount;
    const entry = header.nextEntry;
    if (entry === 1) {
      header.beginPosition = position;
      header.beginTimestamp = storeTimestamp;
    }
    const at = (entry - this.#writtenEntries) * INDEX_ENTRY_BYTES;
    if (at === this.#pending.length) this.#grow();
    const seconds = Math.min(0x7fffffff, Math.max(0, Math.floor((storeTimestamp - header.beginTimestamp) / 1000)));
    writeIndexEntry(this.#pending, at, hash, position, seconds, slots.replace(slot, entry));
    header.nextEntry = entry + 1;
    header.endPosition = position;
    header.endTimestamp = storeTimestamp;
    this.#sealed = false;
  }

  #grow(): void {
    const bigger = Buffer.allocUnsafeSlow(this.#pending.length * 2);
    this.#pending.copy(bigger);
    this.#pending = bigger;
  }

  get dirty(): boolean {
    return this.#writtenEntries < this.header.nextEntry;
  }

  /** Writes entries and header. One at a time, as `seal` and `sync`. */
  flush(done: Done): void {
    const to = this.header.nextEntry;
    const from = this.#writtenEntries;
    if (from === to) {
      done(undefined);
      return;
    }
    const bytes = this.#pending.subarray(0, (to - from) * INDEX_ENTRY_BYTES);
    const header = this.#headerBytes(0);
    this.#write([bytes], entryAddress(this.#geometry, from), (error) => {
      if (error !== undefined) {
        done(error);
        return;
      }
      this.#write([header], 0, (headerError) => {
        if (headerError === undefined) this.#written(to);
        done(headerError);
      });
    });
  }

  /** Entries below `to` are in the file: memory keeps those that came meanwhile. */
  #written(to: number): void {
    const rest = this.#pending.subarray(
      (to - this.#writtenEntries) * INDEX_ENTRY_BYTES,
      (this.header.nextEntry - this.#writtenEntries) * INDEX_ENTRY_BYTES,
    );
    const fresh = Buffer.allocUnsafeSlow(Math.max(rest.length * 2, 64 * INDEX_ENTRY_BYTES));
    rest.copy(fresh);
    this.#pending = fresh;
    this.#writtenEntries = to;
  }

  #headerBytes(usedSlots: number): Buffer {
    const bytes = Buffer.alloc(INDEX_HEADER_BYTES);
    writeIndexHeader(bytes, { ...this.header, usedSlots });
    return bytes;
  }

  #write(buffers: readonly Buffer[], at: number, done: Done): void {
    try {
      this.#unsynced = true;
      this.#file().write(buffers, at, (error) => done(error));
    } catch (thrown) {
      done(asDiskError(thrown));
    }
  }

  #file(): DiskFile {
    return this.#handles.use(this.path, indexFileBytes(this.#geometry));
  }

  /** Writes everything, the slots too: now any reader of the format can use the file. It may still grow afterwards, if it is not full. */
  seal(done: Done): void {
    this.flush((error) => {
      const slots = this.#slots;
      if (error !== undefined || slots === undefined || this.#sealed || this.header.nextEntry === 1) done(error);
      else this.#writeSlots(slots.runs(), 0, slots.used, done);
    });
  }

  #writeSlots(runs: readonly { at: number; bytes: Buffer }[], index: number, used: number, done: Done): void {
    const run = runs[index];
    const next = (error: DiskError | undefined): void => {
      if (error !== undefined) done(error);
      else if (run === undefined) this.#finishSeal(used, done);
      else this.#writeSlots(runs, index + 1, used, done);
    };
    if (run !== undefined) this.#write([run.bytes], slotAddress(0) + run.at, next);
    else this.#write([this.#headerBytes(used)], 0, next);
  }

  #finishSeal(used: number, done: Done): void {
    this.#sealed = !this.dirty;
    this.header.usedSlots = used;
    if (this.full && this.#sealed) this.#slots = undefined;
    done(undefined);
  }

  get unsynced(): boolean {
    return this.#unsynced || this.dirty;
  }

  sync(done: Done): void {
    if (!this.#unsynced) {
      done(undefined);
      return;
    }
    this.#unsynced = false;
    try {
      this.#file().sync(done);
    } catch (thrown) {
      done(asDiskError(thrown));
    }
  }

  /** Newest entry of a slot. */
  readSlot(slot: number, done: (error: DiskError | undefined, entry: number) => void): void {
    if (this.#slots !== undefined) {
      done(undefined, this.#slots.get(slot));
      return;
    }
    const bytes = Buffer.alloc(4);
    this.#read(bytes, slotAddress(slot), (error) => done(error, bytes.readInt32BE(0)));
  }

  readEntry(entry: number, done: (error: DiskError | undefined, entry: IndexEntry) => void): void {
    if (entry >= this.#writtenEntries && entry < this.header.nextEntry) {
      done(undefined, readIndexEntry(this.#pending, (entry - this.#writtenEntries) * INDEX_ENTRY_BYTES));
      return;
    }
    const bytes = Buffer.alloc(INDEX_ENTRY_BYTES);
    this.#read(bytes, entryAddress(this.#geometry, entry), (error) => done(error, readIndexEntry(bytes, 0)));
  }

  #read(target: Buffer, at: number, done: Done): void {
    try {
      this.#handles.use(this.path).read(target, at, (error) => done(error));
    } catch (thrown) {
      done(asDiskError(thrown));
    }
  }

  slotOf(hash: number): number {
    return hash % this.#geometry.slotCount;
  }

  /** Makes a sealed file ready to grow: reads its slots. Throws the disk's error. */
  reopen(): void {
    const slots = new IndexSlots(this.#geometry.slotCount);
    const table = Buffer.alloc(this.#geometry.slotCount * 4);
    this.#file().readSync(table, slotAddress(0));
    slots.load(table, this.header.usedSlots);
    this.#slots = slots;
  }

  /**
   * Takes only what the entries prove: those from the first on that rise in position, stay below `limit`, and chain to the entries before
   * them. The rest is forgotten. True if any is left. Throws the disk's error.
   */
  rebuild(limit: number): boolean {
    const slots = new IndexSlots(this.#geometry.slotCount);
    const end = this.header.nextEntry;
    let last: IndexEntry | undefined;
    let next = 1;
    scan: for (let from = 1; from < end; from += SCAN_ENTRIES) {
      const bytes = Buffer.alloc(Math.min(SCAN_ENTRIES, end - from) * INDEX_ENTRY_BYTES);
      this.#file().readSync(bytes, entryAddress(this.#geometry, from));
      for (let at = 0; at < bytes.length; at += INDEX_ENTRY_BYTES) {
        const entry = readIndexEntry(bytes, at);
        const slot = entry.hash % this.#geometry.slotCount;
        const floor = last?.position ?? this.header.beginPosition;
        if (entry.hash < 0 || entry.position < floor || entry.position >= limit || entry.previous !== slots.get(slot))
          break scan;
        slots.replace(slot, next++);
        last = entry;
      }
    }
    this.#slots = slots;
    this.#sealed = false;
    this.#pending = Buffer.allocUnsafeSlow(64 * INDEX_ENTRY_BYTES);
    this.#writtenEntries = next;
    Object.assign(this.header, { nextEntry: next, usedSlots: 0, endPosition: last?.position ?? 0 });
    this.header.endTimestamp = this.header.beginTimestamp + (last?.seconds ?? 0) * 1000 + 999;
    if (last === undefined) return false;
    this.#file().writeSync(this.#headerBytes(0), 0);
    return true;
  }

  /** Throws the disk's error. */
  remove(): void {
    this.#handles.close(this.path);
    this.#handles.disk.remove(this.path);
  }
}
