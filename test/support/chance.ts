import seedrandom from 'seedrandom';
import type { Random } from '../../src/platform/ports.ts';

/** A stream of random numbers that depends on seed and label alone, so that a new draw in one stream never shifts another. */
export class Chance implements Random {
  readonly #draw: () => number;

  constructor(seed: string | number, label: string) {
    this.#draw = seedrandom(`${seed}/${label}`);
  }

  uniform(): number {
    return this.#draw();
  }

  below(bound: number): number {
    return Math.floor(this.#draw() * bound);
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    for (let at = 0; at < count; at++) bytes[at] = this.below(256);
    return bytes;
  }
}
