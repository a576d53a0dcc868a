/** Granularity of memory and of what survives a crash as one piece. */
export const pageBytes = 4096;
export const sectorBytes = 512;

/** What a machine crash does with bytes that were not synced: gone, all there, or each sector one way or the other. */
export type UnsyncedFate = 'lost' | 'kept' | 'random';

const zeroPage = Buffer.alloc(pageBytes);

/**
 * The content of one file: what programs see (the page cache), and beside it the durable content of every page that was changed
 * since the last sync. Sparse: a page that was never written takes no memory.
 */
export class VirtualFile {
  readonly #pages = new Map<number, Buffer>();
  /** Durable content of the pages that differ from it; undefined = the durable file has no such page. */
  readonly #durable = new Map<number, Buffer | undefined>();
  #size = 0;
  #durableSize = 0;
  /** After a failed sync nothing can be made durable any more, though later syncs claim success, as on Linux. */
  #poisoned = false;

  get size(): number {
    return this.#size;
  }

  get allocatedBytes(): number {
    return this.#pages.size * pageBytes;
  }

  /** Bytes of new pages that a write would take. */
  growthOf(position: number, byteLength: number): number {
    let pages = 0;
    const last = Math.ceil((position + byteLength) / pageBytes);
    for (let page = Math.floor(position / pageBytes); page < last; page++) if (!this.#pages.has(page)) pages++;
    return pages * pageBytes;
  }

  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.#size - position));
    for (let done = 0; done < length; ) {
      const start = (position + done) % pageBytes;
      const count = Math.min(pageBytes - start, length - done);
      const page = this.#pages.get(Math.floor((position + done) / pageBytes)) ?? zeroPage;
      target.set(page.subarray(start, start + count), done);
      done += count;
    }
    return length;
  }

  write(source: Uint8Array, position: number): void {
    for (let done = 0; done < source.length; ) {
      const start = (position + done) % pageBytes;
      const count = Math.min(pageBytes - start, source.length - done);
      this.#writable(Math.floor((position + done) / pageBytes)).set(source.subarray(done, done + count), start);
      done += count;
    }
    this.#size = Math.max(this.#size, position + source.length);
  }

  truncate(length: number): void {
    for (const page of [...this.#pages.keys()]) {
      if ((page + 1) * pageBytes <= length) continue;
      const kept = Math.max(0, length - page * pageBytes);
      const content = this.#writable(page);
      if (kept === 0) this.#pages.delete(page);
      else content.fill(0, kept);
    }
    this.#size = length;
  }

  /** Takes a picture of what a sync that starts now covers; the function that comes back makes it durable. */
  beginSync(): () => void {
    const size = this.#size;
    const covered = [...this.#durable.keys()].map((page) => [page, copyOf(this.#pages.get(page))] as const);
    return () => {
      if (this.#poisoned) return;
      this.#durableSize = size;
      for (const [page, content] of covered) {
        if (equalPages(this.#pages.get(page), content)) this.#durable.delete(page);
        else this.#durable.set(page, content);
      }
    };
  }

  poison(): void {
    this.#poisoned = true;
  }

  /** The machine loses power. `chance` gives numbers in [0, 1). */
  crash(fate: UnsyncedFate, chance: () => number): void {
    if (fate !== 'kept') {
      for (const [page, durable] of this.#durable) this.#restore(page, durable, fate === 'random' ? chance : undefined);
      if (fate === 'lost' || chance() < 0.5) this.truncate(this.#durableSize);
    }
    this.#durable.clear();
    this.#durableSize = this.#size;
    this.#poisoned = false;
  }

  /** Changes bytes behind everybody's back, durable content included: bit rot. */
  rot(position: number, mask: number): void {
    const page = Math.floor(position / pageBytes);
    const at = position % pageBytes;
    for (const content of [this.#pages.get(page), this.#durable.get(page)]) {
      if (content !== undefined) content[at] = (content[at] as number) ^ mask;
    }
  }

  #writable(page: number): Buffer {
    const existing = this.#pages.get(page);
    if (!this.#durable.has(page)) this.#durable.set(page, copyOf(existing));
    if (existing !== undefined) return existing;
    const created = Buffer.alloc(pageBytes);
    this.#pages.set(page, created);
    return created;
  }

  #restore(page: number, durable: Buffer | undefined, chance: (() => number) | undefined): void {
    const current = this.#pages.get(page);
    if (chance === undefined || current === undefined) {
      if (durable === undefined) this.#pages.delete(page);
      else this.#pages.set(page, durable);
      return;
    }
    const before = durable ?? zeroPage;
    for (let at = 0; at < pageBytes; at += sectorBytes) {
      if (chance() < 0.5) current.set(before.subarray(at, at + sectorBytes), at);
    }
  }
}

function copyOf(page: Buffer | undefined): Buffer | undefined {
  return page === undefined ? undefined : Buffer.from(page);
}

function equalPages(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.equals(b));
}
