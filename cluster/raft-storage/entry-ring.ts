/** Where each of the newest entries stands, with its chain CRC and size: a ring of typed arrays, nothing per entry is allocated. */
export class EntryRing {
  readonly #mask: number;
  readonly #positions: Float64Array;
  readonly #chainCrcs: Uint32Array;
  readonly #sizes: Uint32Array;
  /** Indexes in [first, next) are known. */
  #first = 1;
  #next = 1;

  /** `capacity` is a power of two. */
  constructor(capacity: number) {
    this.#mask = capacity - 1;
    this.#positions = new Float64Array(capacity);
    this.#chainCrcs = new Uint32Array(capacity);
    this.#sizes = new Uint32Array(capacity);
  }

  /** Lowest index that is known; `next` while none is. */
  get first(): number {
    return this.#first;
  }

  /** Forgets all; the next entry to come is `index`. */
  reset(index: number): void {
    this.#first = index;
    this.#next = index;
  }

  push(position: number, size: number, chainCrc: number): void {
    const slot = this.#next & this.#mask;
    this.#positions[slot] = position;
    this.#sizes[slot] = size;
    this.#chainCrcs[slot] = chainCrc;
    this.#next++;
    if (this.#next - this.#first > this.#mask + 1) this.#first++;
  }

  /** Forgets `index` and all behind it. */
  cut(index: number): void {
    this.#next = Math.max(this.#first, Math.min(this.#next, index));
    if (index < this.#first) this.reset(index);
  }

  has(index: number): boolean {
    return index >= this.#first && index < this.#next;
  }

  /** Only for an index that `has` knows. */
  position(index: number): number {
    return this.#positions[index & this.#mask]!;
  }

  end(index: number): number {
    return this.#positions[index & this.#mask]! + this.#sizes[index & this.#mask]!;
  }

  chainCrc(index: number): number {
    return this.#chainCrcs[index & this.#mask]!;
  }

  /** The last known index >= `from` whose entry ends at or below `end`; `from - 1` if not even that one does. */
  lastEndingBy(from: number, end: number): number {
    let low = from - 1;
    let high = this.#next - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.end(middle) <= end) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
