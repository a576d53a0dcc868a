import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** At most one leader per term (Ongaro, thesis, figure 3.2 and section 3.4). */
export class ElectionSafety implements Invariant {
  readonly name = 'election-safety';
  readonly #leaders = new Map<number, string>();

  leads({ name }: NodeWatch, term: number): string | undefined {
    const other = this.#leaders.get(term);
    this.#leaders.set(term, name);
    return other === undefined || other === name ? undefined : `${name} and ${other} lead in term ${term}`;
  }
}
