import type { Platform } from '../../src/platform/ports.ts';
import type { ReplicaReport } from './replica-roles.ts';

/** How long a master that leaves waits for somebody who has everything, and how often it looks, ms. */
const HAND_OVER_MS = 1_000;
const HAND_OVER_LOOK_MS = 5;
/** How long one that is preferred is waited for while another has everything, ms: the set has no master meanwhile. */
const PREFERRED_MS = 200;

/**
 * Calls back with the id of a member of the set that has everything up to `end`: the one of the lowest priority number that comes to have it shortly, or else the best of those that have it; undefined: there are none, or
 * none has it in time.
 */
export function awaitSuccessor(
  { clock, timers }: Platform,
  end: number,
  replicas: () => readonly ReplicaReport[],
  done: (successor: number | undefined) => void,
): void {
  const fromMs = clock.monotonicMs();
  const look = (): void => {
    const waitedMs = clock.monotonicMs() - fromMs;
    const members = replicas().filter(({ inSyncStateSet, learner }) => inSyncStateSet && !learner);
    const [preferred] = members.toSorted(byPriority);
    const [ready] = members.filter(({ ackPosition }) => ackPosition === end).toSorted(byPriority);
    const waits = ready === undefined || (ready.priority !== preferred?.priority && waitedMs <= PREFERRED_MS);
    const over = members.length === 0 || waitedMs > HAND_OVER_MS;
    if (!waits || over) done(ready?.brokerId);
    else timers.after(HAND_OVER_LOOK_MS, look);
  };
  look();
}

function byPriority(a: ReplicaReport, b: ReplicaReport): number {
  return a.priority - b.priority || a.brokerId - b.brokerId;
}
