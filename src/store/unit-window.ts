import { UNIT_BYTES, writeUnit } from './queue-unit.ts';

const FIRST_CAPACITY = 16;

/**
 * The newest units of a queue in memory: everything that is not yet in a file, and some more for readers at the tail. Starts small and grows;
 * the buffer is replaced, never moved inside, so that slices given to the disk stay right.
 */
export class UnitWindow {
  #buffer: Buffer | undefined;
  /** Offset of the first unit held. */
  first: number;
  /** Offset behind the last unit held. */
  next: number;

  constructor(next: number) {
    this.first = next;
    this.next = next;
  }

  /** Adds the unit `next`. Units below `keepFrom` may be dropped to make room. */
  append(position: number, size: number, tagsCode: number, keepFrom: number): void {
    let buffer = this.#buffer;
    if (buffer === undefined || (this.next - this.first) * UNIT_BYTES === buffer.length)
      buffer = this.#makeRoom(keepFrom);
    writeUnit(buffer, (this.next - this.first) * UNIT_BYTES, position, size, tagsCode);
    this.next++;
  }

  #makeRoom(keepFrom: number): Buffer {
    const held = this.next - this.first;
    const droppable = Math.min(keepFrom, this.next) - this.first;
    if (droppable * 2 >= held && droppable > 0)
      return this.#resize(this.first + droppable, Math.max(held, FIRST_CAPACITY));
    return this.#resize(this.first, Math.max(FIRST_CAPACITY, held * 2));
  }

  #resize(first: number, capacity: number): Buffer {
    const fresh = Buffer.allocUnsafeSlow(capacity * UNIT_BYTES);
    if (this.#buffer !== undefined) this.slice(first, this.next).copy(fresh);
    this.first = first;
    this.#buffer = fresh;
    return fresh;
  }

  holds(offset: number): boolean {
    return offset >= this.first && offset < this.next;
  }

  /** Bytes of the units in [from, to), which must be held. */
  slice(from: number, to: number): Buffer {
    if (this.#buffer === undefined) return Buffer.alloc(0);
    return this.#buffer.subarray((from - this.first) * UNIT_BYTES, (to - this.first) * UNIT_BYTES);
  }

  /** Keeps only units from `keepFrom` on, in as little memory as they need. */
  shrink(keepFrom: number): void {
    const first = Math.min(Math.max(keepFrom, this.first), this.next);
    if (first === this.next) {
      this.#buffer = undefined;
      this.first = first;
      return;
    }
    this.#resize(first, Math.max(FIRST_CAPACITY, this.next - first));
  }

  /** Forgets the units from `next` on, or everything and starts there. */
  cut(next: number): void {
    if (next > this.first && next <= this.next) {
      this.next = next;
      this.#resize(this.first, Math.max(FIRST_CAPACITY, next - this.first));
      return;
    }
    this.#buffer = undefined;
    this.first = next;
    this.next = next;
  }

  get byteLength(): number {
    return this.#buffer?.length ?? 0;
  }
}
