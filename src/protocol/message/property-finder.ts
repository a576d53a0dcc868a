const AFTER_NAME = 1;
const AFTER_VALUE = 2;

/**
 * Finds some properties in their encoded bytes, all in one pass and without a string: made once with the names, then `scan` per
 * record. Results are valid until the next scan.
 */
export class PropertyFinder {
  private readonly names: readonly Buffer[];
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private buffer: Buffer = Buffer.alloc(0);

  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name));
    this.starts = new Int32Array(names.length);
    this.ends = new Int32Array(names.length);
  }

  /** Looks through the properties `buffer[from, to)`. */
  scan(buffer: Buffer, from: number, to: number): void {
    this.buffer = buffer;
    const { starts } = this;
    for (let index = 0; index < starts.length; index++) starts[index] = -1;
    let pair = from;
    let value = -1;
    let separators = 0;
    for (let at = from; at <= to; at++) {
      const byte = at === to ? AFTER_VALUE : buffer[at]!;
      if (byte > AFTER_VALUE) continue;
      if (byte === AFTER_NAME) {
        if (separators++ === 0) value = at + 1;
      } else if (byte === AFTER_VALUE) {
        if (separators === 1) this.take(pair, value, at);
        pair = at + 1;
        separators = 0;
      }
    }
  }

  /** Start of the value of the name with this index in the scanned buffer, or -1 if it is not there. */
  start(index: number): number {
    return this.starts[index]!;
  }

  /** End of that value. */
  end(index: number): number {
    return this.ends[index]!;
  }

  /** That value as text. */
  text(index: number): string | undefined {
    const start = this.starts[index]!;
    return start < 0 ? undefined : this.buffer.toString('utf8', start, this.ends[index]!);
  }

  private take(pair: number, value: number, end: number): void {
    const length = value - 1 - pair;
    for (let index = 0; index < this.names.length; index++) {
      const name = this.names[index]!;
      if (name.length !== length || !startsWith(this.buffer, pair, name)) continue;
      this.starts[index] = value;
      this.ends[index] = end;
      return;
    }
  }
}

function startsWith(buffer: Buffer, at: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) {
    if (buffer[at + i] !== name[i]) return false;
  }
  return true;
}
