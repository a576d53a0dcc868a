import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** While a process lives, what it takes for committed never gets less (thesis, figure 3.1: commitIndex "increases monotonically"); only a start begins anew. */
export class CommitRises implements Invariant {
  readonly name = 'commit-rises';

  commitFell({ name, commit }: NodeWatch, before: number): string {
    return `${name} had committed up to entry ${before}, and takes ${commit} for the last one now`;
  }
}
