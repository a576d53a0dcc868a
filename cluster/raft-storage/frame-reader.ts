/** Bytes of the length field in front of each frame. */
const lengthBytes = 4;

/**
 * Cuts a stream into peer frames (raft/FORMATS.md 4). A frame that lies inside one received chunk is a view of it; one that is spread over several is put
 * together with one copy. Memory is taken for a frame only up to the limit.
 */
export class FrameReader {
  /** Longest frame, without its length field; the owner raises it once the peer is known. */
  maxBytes: number;
  /** The start of a frame that is not complete, and how much of it is there. */
  #partial: Buffer | undefined;
  #filled = 0;
  readonly #onFrame: (frame: Buffer) => boolean;

  /** `onFrame` gets each whole frame, its length field included, and says whether to go on. */
  constructor(maxBytes: number, onFrame: (frame: Buffer) => boolean) {
    this.maxBytes = maxBytes;
    this.#onFrame = onFrame;
  }

  /** Takes what was received; a text says why the stream makes no sense (nothing may be fed afterwards). */
  push(chunk: Buffer): string | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#partial !== undefined) {
        at += this.#continue(this.#partial, chunk, at);
        const fault = this.#finishPartial();
        if (fault === 'stop') return undefined;
        if (fault !== undefined) return fault;
        continue;
      }
      const rest = chunk.length - at;
      const size = rest < lengthBytes ? lengthBytes : lengthBytes + chunk.readUInt32BE(at);
      if (size > lengthBytes + this.maxBytes) return this.#tooLong(size);
      if (rest < size || rest < lengthBytes) {
        this.#partial = Buffer.allocUnsafe(size);
        this.#filled = 0;
        continue;
      }
      if (!this.#onFrame(chunk.subarray(at, at + size))) return undefined;
      at += size;
    }
    return undefined;
  }

  /** Copies into the partial frame what it still lacks; returns how much was there. */
  #continue(partial: Buffer, chunk: Buffer, at: number): number {
    const count = Math.min(partial.length - this.#filled, chunk.length - at);
    chunk.copy(partial, this.#filled, at, at + count);
    this.#filled += count;
    return count;
  }

  #finishPartial(): string | undefined {
    const partial = this.#partial;
    if (partial === undefined || this.#filled < partial.length) return undefined;
    const size = lengthBytes + partial.readUInt32BE(0);
    if (size > lengthBytes + this.maxBytes) return this.#tooLong(size);
    if (size === partial.length) {
      this.#partial = undefined;
      return this.#onFrame(partial) ? undefined : 'stop';
    }
    // Only the length was known to be needed so far.
    this.#partial = Buffer.allocUnsafe(size);
    partial.copy(this.#partial, 0);
    return undefined;
  }

  #tooLong(size: number): string {
    return `a frame of ${size - lengthBytes} bytes, at most ${this.maxBytes} are allowed`;
  }
}
