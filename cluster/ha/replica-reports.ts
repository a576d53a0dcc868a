import type { ReplicaReport } from './replica-roles.ts';
import type { SlaveLink } from './slave-link.ts';

/** The slaves of a master whose log ends at `endPosition`, and whose SyncStateSet has these members. */
export function replicaReports(
  links: readonly SlaveLink[],
  endPosition: number,
  members: readonly number[],
): ReplicaReport[] {
  return links.map(({ brokerId, address, ackPosition, learner, priority }) => {
    const lag = endPosition - ackPosition;
    return { brokerId, address, ackPosition, learner, priority, lag, inSyncStateSet: members.includes(brokerId) };
  });
}
