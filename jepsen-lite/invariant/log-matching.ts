import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** Terms fit below this factor in a key. */
const TERMS = 2 ** 20;

/**
 * If two logs contain an entry with the same index and term, they are identical up to it (thesis, figure 3.2, Log Matching). The chain checksum of
 * an entry covers everything before it. An entry that only a disk had that was set back or replaced is no entry any more: its member may win the very term again where no other voter has an entry of it, as whoever voted for it
 * then may do so again (raft/SAFETY.md 2), and another entry takes that place. It has not led beside another one: `election-safety` holds that.
 */
export class LogMatching implements Invariant {
  readonly name = 'log-matching';
  readonly #chains = new Map<number, number>();
  /** Who alone ever had the entry, by the same keys. */
  readonly #onlyHolders = new Map<number, string>();

  opened({ name, machine, log }: NodeWatch): undefined {
    if (!machine.hardStateLost) return;
    for (const [key, holder] of this.#onlyHolders) {
      const index = Math.floor(key / TERMS);
      if (holder !== name || (log.holds(index) && log.termAt(index) === key % TERMS)) continue;
      this.#onlyHolders.delete(key);
      this.#chains.delete(key);
    }
  }

  appended({ name }: NodeWatch, index: number, term: number, chainCrc: number): string | undefined {
    const key = index * TERMS + term;
    const known = this.#chains.get(key);
    if (known === undefined) {
      this.#chains.set(key, chainCrc);
      this.#onlyHolders.set(key, name);
    } else if (this.#onlyHolders.get(key) !== name) this.#onlyHolders.delete(key);
    if (known === undefined || known === chainCrc) return undefined;
    return `${name} has another entry ${index} of term ${term} than was there before, or another history before it`;
  }
}
