import type { FaultTable } from './fault-table.ts';
import type { RouteMember, TopicRoute } from './topic-route.ts';

/**
 * The member of a group to ask: the master; while that is avoided or not known, another one, which serves what it can and hands the
 * rest on to the leader that it knows. Where all are avoided, the one that is free first.
 */
export function chooseMember(
  route: TopicRoute,
  brokerName: string,
  faults: FaultTable,
  nowMs: number,
): RouteMember | undefined {
  const members = route.groups.get(brokerName)?.members ?? [];
  if (faults.empty) return members[0];
  let soonest: RouteMember | undefined;
  for (const member of members) {
    if (!faults.isAvoided(member.address, nowMs)) return member;
    if (soonest === undefined || faults.freeAtMs(member.address) < faults.freeAtMs(soonest.address)) soonest = member;
  }
  return soonest;
}
