/** Sees what is noted while a run is traced: columns time, node, what, and two numbers whose meaning depends on `what` (README, Trace). */
export type TraceSink = (atMicros: number, node: string, what: string, a: number, b: number) => void;

/**
 * A running hash over everything that happens in a run, in two lanes of 32 bits: equal runs give equal hashes. Nothing is formatted
 * unless there is a sink.
 */
export class Trace {
  readonly #sink: TraceSink | undefined;
  #low = 0x811c9dc5 | 0;
  #high = 0x9e3779b9 | 0;
  /** Things that were hashed. */
  count = 0;

  constructor(sink?: TraceSink) {
    this.#sink = sink;
  }

  /** Hashes one event by two numbers. */
  mix(a: number, b: number): void {
    this.count++;
    this.#low = Math.imul(this.#low ^ (a | 0), 0x01000193) ^ ((a / 0x1_0000_0000) | 0);
    this.#high = (Math.imul(this.#high ^ (b | 0), 0x85ebca6b) + this.#low) | 0;
    this.#high ^= this.#high >>> 15;
  }

  /** Hashes, and shows where there is a sink, something worth reading. */
  note(atMicros: number, node: string, what: string, a = 0, b = 0): void {
    this.mix(atMicros, hashOf(node));
    this.mix(hashOf(what), a);
    this.mix(b, 7);
    this.#sink?.(atMicros, node, what, a, b);
  }

  /** The hash so far, 16 hex digits. */
  get hash(): string {
    return [this.#low, this.#high].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}
