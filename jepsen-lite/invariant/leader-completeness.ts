import type { Invariant } from './invariant.ts';
import type { Ledger } from './ledger.ts';
import type { NodeWatch } from './node-watch.ts';

/** Whoever leads in the newest term has every entry that was committed before (thesis, figure 3.2 and section 3.6.3, Leader Completeness). */
export class LeaderCompleteness implements Invariant {
  readonly name = 'leader-completeness';
  readonly #ledger: Ledger;
  #newestTerm = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  leads(node: NodeWatch, term: number): string | undefined {
    // An older term than one that has had a leader proves nothing: later ones may have committed more.
    if (term <= this.#newestTerm) return undefined;
    this.#newestTerm = term;
    const committed = this.#ledger.lastIndex;
    if (committed === 0 || node.chainAt(committed) === this.#ledger.chains[committed]) return undefined;
    return `${node.name} leads in term ${term} with a log that ends at ${node.lastIndex} and lacks the committed entry ${committed}, or has another there`;
  }
}
