import { assert } from '../base/assert.ts';

/** Consecutive bytes of the log in memory; `length` bytes of `buffer` are in use. */
interface Chunk {
  readonly start: number;
  readonly buffer: Buffer;
  length: number;
}

export interface TailOptions {
  /** Bytes that stay in memory after they were written. */
  readonly keepBytes: number;
  /** Usual size of a chunk; a bigger unit gets a chunk of its own size. */
  readonly chunkBytes: number;
}

/**
 * The end of the log in memory, as chunks in which no unit is split. A chunk's bytes are written once and never reused, not even after
 * a truncation, so a view stays right for as long as somebody holds it. Between two chunks there may be a gap: the part of an
 * end-of-file blank that nobody reads.
 */
export class Tail {
  readonly #keepBytes: number;
  readonly #chunkBytes: number;
  /** Ascending. */
  readonly #chunks: Chunk[] = [];
  #heldBytes = 0;
  /** The chunk that takes the next unit; not yet in the list if it is new. */
  #target: Chunk | undefined;
  /** After a truncation the last chunk takes no more bytes. */
  #sealed = true;

  constructor(options: TailOptions) {
    this.#keepBytes = options.keepBytes;
    this.#chunkBytes = options.chunkBytes;
  }

  /**
   * Finds room for `byteLength` consecutive bytes at `position` and sets `buffer` and `offset` to it; nothing is taken before `take`.
   * `segmentEnd` bounds the chunk: a chunk never crosses the end of a segment.
   */
  place(position: number, byteLength: number, segmentEnd: number): void {
    const last = this.#chunks.at(-1);
    const open = !this.#sealed && last !== undefined && last.start + last.length === position;
    const fits = open && last.length + byteLength <= last.buffer.length;
    const chunk = fits ? last : this.#fresh(position, byteLength, segmentEnd);
    this.#target = chunk;
    this.buffer = chunk.buffer;
    this.offset = position - chunk.start;
  }

  /** Where the bytes go that were placed last. */
  buffer: Buffer = Buffer.alloc(0);
  offset = 0;

  #fresh(position: number, byteLength: number, segmentEnd: number): Chunk {
    const spare = this.#target;
    const wanted = Math.max(byteLength, Math.min(this.#chunkBytes, segmentEnd - position));
    const unused = spare !== undefined && spare.length === 0 && spare.buffer.length === wanted;
    return { start: position, buffer: unused ? spare.buffer : Buffer.allocUnsafeSlow(wanted), length: 0 };
  }

  /** The first `byteLength` bytes of what was placed last are now part of the log. */
  take(byteLength: number): void {
    const chunk = this.#target;
    assert(chunk !== undefined, 'take follows place');
    if (chunk.length === 0) {
      this.#chunks.push(chunk);
      this.#sealed = false;
    }
    chunk.length += byteLength;
    this.#heldBytes += byteLength;
    if (chunk.length === chunk.buffer.length) this.#target = undefined;
  }

  /** Puts `byteLength` bytes in front of what is placed now (a blank before the unit that rolls); returns where to write them, in `buffer` and `offset`. */
  takeBefore(position: number, byteLength: number, segmentEnd: number): void {
    const placed = this.#target;
    this.#target = undefined;
    this.place(position, byteLength, segmentEnd);
    this.take(byteLength);
    this.#target = placed;
  }

  /** The bytes, if all of them are in memory and in one chunk. */
  view(position: number, length: number): Buffer | undefined {
    const chunk = this.#chunkOf(position);
    if (chunk === undefined) return undefined;
    const offset = position - chunk.start;
    return offset + length <= chunk.length ? chunk.buffer.subarray(offset, offset + length) : undefined;
  }

  /** The bytes from `position` to the end of their chunk, if there is at least one. */
  viewFrom(position: number): Buffer | undefined {
    const chunk = this.#chunkOf(position);
    if (chunk === undefined || position - chunk.start >= chunk.length) return undefined;
    return chunk.buffer.subarray(position - chunk.start, chunk.length);
  }

  /** The last chunk that begins at or below `position`. */
  #chunkOf(position: number): Chunk | undefined {
    const chunks = this.#chunks;
    for (let i = chunks.length - 1; i >= 0; i--) if (chunks[i]!.start <= position) return chunks[i];
    return undefined;
  }

  /** Adds to `views` what memory holds from `from` (inclusive) to `to` (exclusive), in order; gaps are left out. Returns the number of bytes. */
  collect(from: number, to: number, views: Buffer[]): number {
    let total = 0;
    for (const chunk of this.#chunks) {
      const begin = Math.max(from, chunk.start);
      const end = Math.min(to, chunk.start + chunk.length);
      if (begin >= end) continue;
      views.push(chunk.buffer.subarray(begin - chunk.start, end - chunk.start));
      total += end - begin;
    }
    return total;
  }

  /** Lowest position in memory; undefined while there is none. */
  get start(): number | undefined {
    return this.#chunks[0]?.start;
  }

  /** Bytes in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Forgets everything from `position` on. The memory is not used again: views of it stay as they were. */
  cut(position: number): void {
    const chunks = this.#chunks;
    for (let last = chunks.at(-1); last !== undefined && last.start >= position; last = chunks.at(-1)) {
      this.#heldBytes -= last.length;
      chunks.pop();
    }
    const last = chunks.at(-1);
    if (last !== undefined && last.start + last.length > position) {
      this.#heldBytes -= last.start + last.length - position;
      last.length = position - last.start;
    }
    this.#sealed = true;
    this.#target = undefined;
  }

  /** Lets go of the oldest chunks that lie wholly below `writtenPosition`, as far as more than the configured bytes are held. */
  release(writtenPosition: number): void {
    const chunks = this.#chunks;
    while (chunks.length > 1) {
      const first = chunks[0]!;
      if (first.start + first.length > writtenPosition || this.#heldBytes - first.length < this.#keepBytes) return;
      this.#heldBytes -= first.length;
      chunks.shift();
    }
  }
}
