import type { Cluster } from '../sim/cluster.ts';
import type { SimNode } from '../sim/sim-node.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

/** How often whoever leads is asked for the next step. */
const ASK_MS = 150;

/**
 * A member (the leader too) is removed from the group by whoever leads, and after `forMs` taken back: as a learner, then as a voter. Every step is asked
 * for again until it is done, under whatever else happens.
 */
const members: FaultKind<Cluster> = {
  name: 'members',

  weight: 5,
  draw: (chance) => ({
    target: chance.pick<Target>(['leader', 'follower', 'other-follower']),
    forMs: chance.pick([10, 1_000, 5_000, 10_000]),
  }),
  apply(cluster, { target, forMs }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined || !cluster.mayReduce()) return false;
    const { loop } = cluster.world;
    const backAtMs = loop.nowMs + forMs;
    const step = (): void => {
      if (ask(cluster, node, loop.nowMs >= backAtMs || cluster.healed)) cluster.reduced = false;
      else cluster.later(ASK_MS, step);
    };
    cluster.reduced = true;
    step();
    return true;
  },
};

export const memberFaults = [members];

/** Asks for one step; true when the member is (`wanted`) a voter for certain. */
function ask(cluster: Cluster, { name }: SimNode, wanted: boolean): boolean {
  const leader = cluster.leader();
  if (leader?.broker === undefined || leader.paused) return false;
  const { replica } = leader.broker.parts.group;
  const { voters, learners, ready, membersIndex, commitIndex } = replica.status();
  if (!ready || membersIndex > commitIndex) return false;
  const isVoter = voters.includes(name);
  const change = (kind: 'promote' | 'remove'): void => replica.changeMembers({ kind, id: name }, () => {});
  if (!wanted) {
    if (isVoter) change('remove');
    return false;
  }
  if (learners.includes(name)) change('promote');
  else if (!isVoter) replica.changeMembers({ kind: 'add-learner', id: name, address: `${name}:40911` }, () => {});
  return isVoter;
}
