import type { Cluster } from '../sim/cluster.ts';
import type { SimNode } from '../sim/sim-node.ts';
import type { FaultKind } from './fault-kind.ts';
import { HeldLinks } from './held-links.ts';
import { targetsOf } from './targets.ts';

/**
 * The leader hands over. The next one is cut off as soon as it leads, and asked at once to remove a member. So is the one after that: it keeps the company of that member alone, and is asked to remove the first.
 * The first sees all others again. Both must refuse, as nothing of their terms is committed: with an even number of voters the two sets have majorities without a common member.
 */
const rivalChanges: FaultKind<Cluster> = {
  name: 'rival-changes',
  // Only in schedules that are given: it takes an even number of voters, thus `members` beside it.
  weight: 0,
  draw: (chance) => ({ target: 'leader', forMs: chance.between(3_000, 6_000) }),
  apply(cluster, { target, forMs }) {
    const [leader] = targetsOf(cluster, target).filter(({ running, paused }) => running && !paused);
    const [heir] = leader === undefined ? [] : votersBeside(cluster, leader);
    if (leader === undefined || heir === undefined) return false;
    const cuts = new HeldLinks(cluster.world.fabric);
    cluster.later(forMs, () => cuts.release());
    const awaitLeader = (lead: (node: SimNode) => void): void => cluster.lieInWait('leads', lead, forMs);
    awaitLeader((first) => {
      const removed = votersBeside(cluster, first)[0];
      if (removed === undefined) return;
      cuts.part([first], cluster.nodes);
      askToRemove(cluster, first, removed);
      awaitLeader((second) => {
        const companion = second === removed ? votersBeside(cluster, second).find((node) => node !== first) : removed;
        if (companion === undefined) return;
        cuts.release();
        cuts.part([second, companion], cluster.nodes);
        askToRemove(cluster, second, first);
      });
    });
    leader.broker?.parts.group.replica.transferLeadership(heir.name, () => {});
    return true;
  },
};

export const rivalChangeFaults = [rivalChanges];

/** The other voters, as a leader counts them. */
function votersBeside(cluster: Cluster, leader: SimNode): SimNode[] {
  const voters = leader.broker?.parts.group.replica.status().voters ?? [];
  return cluster.nodes.filter((node) => node !== leader && voters.includes(node.name));
}

function askToRemove(cluster: Cluster, leader: SimNode, { name }: SimNode): void {
  const { broker } = leader;
  cluster.later(0, () => {
    if (leader.broker === broker) broker?.parts.group.replica.changeMembers({ kind: 'remove', id: name }, () => {});
  });
}
