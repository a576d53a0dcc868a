/**
 * Which offsets of one queue were pulled and are not consumed yet. What may be committed is the smallest unfinished offset: everything
 * below it is done, so a restart repeats messages but skips none (ProcessQueue.java).
 *
 * Offsets are added in rising order and finish in any order. Finished ones are remembered in a ring until the first unfinished one
 * passes them: constant time per message and nothing allocated.
 */
export class OffsetWindow {
  #offsets: number[] = [];
  #sizes: number[] = [];
  /** Index of the first unfinished entry in both arrays. */
  #head = 0;
  #unfinished = 0;
  #bytes = 0;
  #next: number;

  /** `next` is the offset from which will be pulled first. */
  constructor(next: number) {
    this.#next = next;
  }

  /** Messages that were added and are not finished. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Bytes of the unfinished messages. */
  get unfinishedBytes(): number {
    return this.#bytes;
  }

  /** The offset that may be committed: all below it are finished. */
  get committable(): number {
    return this.#offsets[this.#head] ?? this.#next;
  }

  /** Records a pulled message; false if its offset is not above all earlier ones (a repeated message, which is to be left out). */
  add(offset: number, bytes: number): boolean {
    if (offset < this.#next) return false;
    this.#offsets.push(offset);
    this.#sizes.push(bytes);
    this.#unfinished++;
    this.#bytes += bytes;
    this.#next = offset + 1;
    return true;
  }

  /** Everything below `next` was pulled or is known to hold nothing for this consumer. */
  advance(next: number): void {
    if (next > this.#next) this.#next = next;
  }

  /** Marks a message as finished; false if it was not pending. */
  finish(offset: number): boolean {
    const at = this.#find(offset);
    const size = this.#sizes[at];
    if (this.#offsets[at] !== offset || size === undefined || size < 0) return false;
    this.#sizes[at] = -1;
    this.#unfinished--;
    this.#bytes -= size;
    while (this.#head < this.#offsets.length && this.#sizes[this.#head] === -1) this.#head++;
    this.#compact();
    return true;
  }

  #find(offset: number): number {
    let low = this.#head;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    if (this.#head === this.#offsets.length) {
      this.#offsets.length = 0;
      this.#sizes.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#offsets.length) {
      this.#offsets = this.#offsets.slice(this.#head);
      this.#sizes = this.#sizes.slice(this.#head);
      this.#head = 0;
    }
  }
}
