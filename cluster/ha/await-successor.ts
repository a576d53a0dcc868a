import type { Platform } from '../../src/platform/ports.ts';
import type { ReplicaReport } from './replica-roles.ts';

/** How long a master that leaves waits for somebody who has everything, and how often it looks, ms. */
const HAND_OVER_MS = 1_000;
const HAND_OVER_LOOK_MS = 5;

/** Calls back with the id of a member of the set that has everything up to `end`, as soon as there is one; undefined: there are none, or none has it in time. */
export function awaitSuccessor(
  { clock, timers }: Platform,
  end: number,
  replicas: () => readonly ReplicaReport[],
  done: (successor: number | undefined) => void,
): void {
  const untilMs = clock.monotonicMs() + HAND_OVER_MS;
  const look = (): void => {
    const members = replicas().filter(({ inSyncStateSet, learner }) => inSyncStateSet && !learner);
    const successor = members.find(({ ackPosition }) => ackPosition === end)?.brokerId;
    const over = members.length === 0 || clock.monotonicMs() > untilMs;
    if (successor !== undefined || over) done(successor);
    else timers.after(HAND_OVER_LOOK_MS, look);
  };
  look();
}
