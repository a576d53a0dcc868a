import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** Only a leader ends a member's doubt: a start does not, however many there are (raft/SAFETY.md 2). */
export class DoubtKept implements Invariant {
  readonly name = 'doubt-kept';

  opened({ name, inDoubt, endedInDoubt, machine }: NodeWatch): string | undefined {
    if (!endedInDoubt || inDoubt || machine.setBack) return undefined;
    return `${name} was in doubt when its last process ended, and starts free of doubt`;
  }
}
