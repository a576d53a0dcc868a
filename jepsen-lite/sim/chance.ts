import seedrandom from 'seedrandom';
import type { Random } from '../../src/platform/ports.ts';

/** A stream of random numbers that depends on seed and label alone, so that a new draw in one stream never shifts another. */
export class Chance implements Random {
  readonly #draw: () => number;

  constructor(seed: number | string, label: string) {
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

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with the given probability. */
  happens(probability: number): boolean {
    return this.#draw() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** The items in a random order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const left = [...items];
    const result: Item[] = [];
    while (left.length > 0) result.push(left.splice(this.below(left.length), 1)[0] as Item);
    return result;
  }
}
