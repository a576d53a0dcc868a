interface Entry {
  readonly bytes: Buffer;
  readonly text: string;
}

const SLOTS = 1024;
const LONGEST = 255;

/**
 * Turns short byte ranges that come again and again (topic and group names) into the same string object each time, which is cheaper
 * than a new string and makes later Map look-ups compare by identity. Bounded: 1024 names of at most 255 bytes.
 */
export class TextCache {
  private readonly slots: (Entry | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The UTF-8 text of `buffer[from, to)`. */
  get(buffer: Buffer, from: number, to: number): string {
    if (to - from > LONGEST) return buffer.toString('utf8', from, to);
    let hash = to - from;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + buffer[at]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const entry = this.slots[slot];
    if (entry !== undefined && sameBytes(entry.bytes, buffer, from, to)) return entry.text;
    const text = buffer.toString('utf8', from, to);
    this.slots[slot] = { bytes: Buffer.from(buffer.subarray(from, to)), text };
    return text;
  }
}

function sameBytes(bytes: Buffer, buffer: Buffer, from: number, to: number): boolean {
  if (bytes.length !== to - from) return false;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== buffer[from + at]) return false;
  }
  return true;
}
