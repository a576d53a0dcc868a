import { TermRuns as Real } from '../../../raft/core/term-runs.ts';
import type { TermRun } from '../../../raft/core/types.ts';

/** Sees no difference in what it has already. */
export class TermRuns extends Real {
  override firstDifference(runs: readonly TermRun[], last: number, from: number): number | undefined {
    const different = super.firstDifference(runs, last, from);
    if (different === undefined || different > this.lastIndex) return different;
    return last > this.lastIndex ? this.lastIndex + 1 : undefined;
  }
}
