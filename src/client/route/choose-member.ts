import type { FaultTable } from './fault-table.ts';
import type { KnownSlaves } from './known-slaves.ts';
import type { RouteMember, TopicRoute } from './topic-route.ts';

const NONE: ReadonlySet<string> = new Set();

/**
 * The member of a group to ask: the master; while that is avoided or not known, another one, which serves what it can and hands the
 * rest on to the leader that it knows. `tried` members are left out. Where all are avoided, one that answered lately (even if only to
 * refuse) comes before one that did not; those that did not answer are asked only if nobody was tried before. `slaves`, for sends: who is left out, as it takes none.
 */
export function chooseMember(
  route: TopicRoute,
  brokerName: string,
  faults: FaultTable,
  nowMs: number,
  tried: ReadonlySet<string> = NONE,
  slaves?: KnownSlaves,
): RouteMember | undefined {
  const members = route.groups.get(brokerName)?.members ?? [];
  if (faults.empty && tried.size === 0 && slaves?.empty !== false) return members[0];
  let refusing: RouteMember | undefined;
  let unreachable: RouteMember | undefined;
  for (const member of members) {
    if (tried.has(member.address) || slaves?.takesSends(member, nowMs) === false) continue;
    if (!faults.isAvoided(member.address, nowMs)) return member;
    if (faults.kind(member.address) === 'not-serving') refusing ??= member;
    else if (isSooner(faults, member, unreachable)) unreachable = member;
  }
  return refusing ?? (tried.size === 0 ? unreachable : undefined);
}

function isSooner(faults: FaultTable, member: RouteMember, other: RouteMember | undefined): boolean {
  return other === undefined || faults.freeAtMs(member.address) < faults.freeAtMs(other.address);
}
