import type { StrikeGuard } from '../../live/chaos/fault-player.ts';
import { takesAway } from '../plan/members-away.ts';
import { membersOf, type Plan } from '../plan/plan.ts';
import type { DrillTarget } from '../target/drill-target.ts';

/** What a drill never does unless its plan allows it: take a majority away. A dry run knows what a plan says; this looks at how the group is when a fault strikes. Undefined: all is allowed. */
export function quorumGuard(
  plan: Pick<Plan, 'allowQuorumLoss' | 'target'>,
  target: Pick<DrillTarget, 'away'> & { readonly faults: Pick<DrillTarget['faults'], 'active'> },
): StrikeGuard | undefined {
  if (plan.allowQuorumLoss) return undefined;
  const count = membersOf(plan.target).length;
  const minority = Math.floor((count - 1) / 2);
  return (fault, members) => {
    const { kind } = fault;
    if (!takesAway(fault, plan.target)) return undefined;
    // A roll names all whom it takes, one after another: whoever is not back of them, the target knows.
    const on = target.faults.active.filter((each) => each.kind !== 'rolling' && takesAway(each, plan.target));
    const away = [...new Set([...target.away(), ...on.flatMap((each) => each.members)])].sort();
    if (new Set([...away, ...members]).size <= minority) return undefined;
    return `${kind} of ${members.join(' and ')} is not made, because ${away.join(' and ') || 'nobody'} is away and no majority of ${count} would be left (allowQuorumLoss: false)`;
  };
}
