import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** A leader commits by counting only entries of its own term; older ones are committed with them (thesis, section 3.6.2, figure 3.7). */
export class CommitOwnTerm implements Invariant {
  readonly name = 'commit-own-term';

  committed({ name, replica, commit }: NodeWatch, index: number, term: number): string | undefined {
    if (index !== commit || !replica.isLeader || term === replica.term) return undefined;
    return `${name} leads in term ${replica.term} and commits up to entry ${index}, which is of term ${term}`;
  }
}
