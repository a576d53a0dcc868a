import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** Terms fit below this factor in a key. */
const TERMS = 2 ** 20;

/**
 * If two logs contain an entry with the same index and term, they are identical up to it (thesis, figure 3.2, Log Matching). The chain checksum of
 * an entry covers everything before it.
 */
export class LogMatching implements Invariant {
  readonly name = 'log-matching';
  readonly #chains = new Map<number, number>();

  appended({ name }: NodeWatch, index: number, term: number, chainCrc: number): string | undefined {
    const key = index * TERMS + term;
    const known = this.#chains.get(key);
    if (known === undefined) this.#chains.set(key, chainCrc);
    if (known === undefined || known === chainCrc) return undefined;
    return `${name} has another entry ${index} of term ${term} than was there before, or another history before it`;
  }
}
