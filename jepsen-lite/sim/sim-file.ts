import type { Chance } from './chance.ts';

/** What survives a crash as one piece. */
export const SECTOR_BYTES = 512;

/** What a machine crash does with bytes that were not synced: gone, all there, or each sector one way or the other (so that holes appear). */
export type UnsyncedFate = 'lost' | 'kept' | 'torn';

interface Range {
  readonly start: number;
  end: number;
  synced: boolean;
}

/** The content of a file: what programs see (the page cache) and, beside it, what the medium holds. Bytes behind the buffers are zeros. */
export class SimFile {
  #cache: Buffer = Buffer.alloc(0);
  #medium: Buffer = Buffer.alloc(0);
  #size = 0;
  #mediumSize = 0;
  #sizeChanged = false;
  /** Written and not synced, oldest first. */
  #dirty: Range[] = [];
  /** Ranges from here on were written after the newest sync began. */
  #open = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes that take room on the disk. */
  get allocatedBytes(): number {
    return this.#cache.length;
  }

  get isDirty(): boolean {
    return this.#sizeChanged || this.#dirty.length > 0;
  }

  /** Bytes that a write would take on top. */
  growthOf(end: number): number {
    return Math.max(0, roomFor(end) - this.#cache.length);
  }

  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.#size - position));
    const there = Math.max(0, Math.min(length, this.#cache.length - position));
    if (there > 0) target.set(this.#cache.subarray(position, position + there));
    target.fill(0, there, length);
    return length;
  }

  write(source: Uint8Array, position: number): void {
    if (source.length === 0) return;
    const end = position + source.length;
    this.#cache = grown(this.#cache, end);
    this.#cache.set(source, position);
    this.#mark(position, end);
    if (end > this.#size) this.#resize(end);
  }

  truncate(length: number): void {
    if (length < this.#size) {
      const end = Math.min(this.#size, this.#cache.length);
      if (end > length) {
        this.#cache.fill(0, length, end);
        this.#mark(length, end);
      }
    }
    if (length !== this.#size) this.#resize(length);
  }

  #resize(size: number): void {
    this.#size = size;
    this.#sizeChanged = true;
  }

  #mark(start: number, end: number): void {
    const last = this.#dirty.length > this.#open ? this.#dirty.at(-1) : undefined;
    if (last !== undefined && last.end === start) last.end = end;
    else this.#dirty.push({ start, end, synced: false });
  }

  /**
   * A sync begins: it covers what was written before. The function that comes back ends it: true = it is on the medium; false = it failed, the
   * kernel takes the pages for clean, and they never reach the medium.
   */
  beginSync(): (succeeded: boolean) => void {
    const size = this.#size;
    const covered = this.#dirty.map((range) => ({
      range,
      bytes: Buffer.from(this.#cache.subarray(range.start, range.end)),
    }));
    this.#open = this.#dirty.length;
    return (succeeded) => {
      for (const { range, bytes } of covered) {
        if (range.synced) continue;
        range.synced = true;
        if (!succeeded) continue;
        this.#medium = grown(this.#medium, range.start + bytes.length);
        this.#medium.set(bytes, range.start);
      }
      if (succeeded) this.#mediumSize = size;
      this.#sizeChanged = this.#size !== this.#mediumSize;
      this.#dirty = this.#dirty.filter((range) => !range.synced);
      this.#open = Math.min(this.#open, this.#dirty.length);
    };
  }

  /** The machine lost power. */
  crash(fate: UnsyncedFate, chance: Chance): void {
    const before = { cache: this.#cache, size: this.#size };
    let end = this.#mediumSize;
    if (fate !== 'lost') {
      for (const range of this.#dirty) end = Math.max(end, this.#survive(range, before.cache, fate, chance));
    }
    const keepsSize = fate === 'kept' || (fate === 'torn' && chance.happens(0.5));
    this.#mediumSize = keepsSize ? before.size : Math.max(this.#mediumSize, Math.min(end, before.size));
    this.#medium.fill(0, Math.min(this.#medium.length, this.#mediumSize));
    this.#cache = Buffer.from(this.#medium);
    this.#size = this.#mediumSize;
    this.#sizeChanged = false;
    this.#dirty = [];
    this.#open = 0;
  }

  /** Sectors of a range reach the medium after all; returns the end of the last one. */
  #survive(range: Range, cache: Buffer, fate: UnsyncedFate, chance: Chance): number {
    let end = 0;
    for (let at = range.start; at < range.end; ) {
      const next = Math.min(range.end, at - (at % SECTOR_BYTES) + SECTOR_BYTES);
      if (fate === 'kept' || chance.happens(0.5)) {
        this.#medium = grown(this.#medium, next);
        this.#medium.set(cache.subarray(at, next), at);
        end = next;
      }
      at = next;
    }
    return end;
  }

  /** A copy of what programs see, all of it durable: for copies of disks. */
  copy(): SimFile {
    const copy = new SimFile();
    copy.#cache = Buffer.from(this.#cache);
    copy.#medium = Buffer.from(this.#cache);
    copy.#size = this.#size;
    copy.#mediumSize = this.#size;
    return copy;
  }

  /** The bytes that a power failure would leave for certain. */
  durable(): Buffer {
    const content = Buffer.alloc(this.#mediumSize);
    this.#medium.copy(content);
    return content;
  }

  /** The same from a position on; what is not there reads as zeros. */
  readDurable(target: Uint8Array, position: number): void {
    const there = Math.max(0, Math.min(target.length, this.#mediumSize - position, this.#medium.length - position));
    if (there > 0) target.set(this.#medium.subarray(position, position + there));
    target.fill(0, there);
  }

  /** The medium changes under the programs: each byte of [from, to) becomes what `change` makes of it, in the page cache too, as after its pages were dropped. */
  rot(from: number, to: number, change: (byte: number) => number): void {
    for (const bytes of [this.#cache, this.#medium]) {
      for (let at = from; at < Math.min(to, bytes.length); at++) bytes[at] = change(bytes[at] as number);
    }
  }

  /** The file is shorter than it was, durably. */
  rotShort(length: number): void {
    this.truncate(length);
    this.beginSync()(true);
  }

  /** The bytes that programs see. */
  content(): Buffer {
    const content = Buffer.alloc(this.#size);
    this.read(content, 0);
    return content;
  }
}

const BLOCK_BYTES = 4_096;

function roomFor(end: number): number {
  return Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES;
}

function grown(buffer: Buffer, end: number): Buffer {
  if (end <= buffer.length) return buffer;
  const bigger = Buffer.alloc(roomFor(end));
  buffer.copy(bigger);
  return bigger;
}
