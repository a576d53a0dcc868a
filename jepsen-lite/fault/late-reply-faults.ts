import type { Cluster } from '../sim/cluster.ts';
import type { SimNode } from '../sim/sim-node.ts';
import type { FaultKind } from './fault-kind.ts';
import { HeldLinks, namesOf } from './held-links.ts';
import { targetsOf } from './targets.ts';

const ASK_MS = 50;

/**
 * What a follower answers its leader takes `amount` ms. Meanwhile both are parted from the others, and clients reach the two alone: entries that are on a minority. Another leads and has the first cut
 * them; then the first leads again, with one of the others and without the follower, and the answers of its first leadership arrive: they are of entries that are no more.
 */
const lateReplies: FaultKind<Cluster> = {
  name: 'late-replies',
  // Only in schedules that are given: it takes five members, and nothing else at that moment.
  weight: 0,
  draw: (chance) => ({ target: 'leader', forMs: 4_000, amount: chance.between(800, 1_800) }),
  apply(cluster, { target, forMs, amount = 1_500 }) {
    const { nodes, world } = cluster;
    const [leader] = targetsOf(cluster, target).filter(({ running, paused }) => running && !paused);
    const [late, ...others] = nodes.filter((node) => node !== leader);
    if (leader === undefined || late === undefined || others.length < 3) return false;
    const { fabric } = world;
    const rest = namesOf(others);
    const clients = [...fabric.hosts.keys()].filter((name) => !namesOf(nodes).includes(name) && name !== 'ns');
    const [parted, apart, back] = [new HeldLinks(fabric), new HeldLinks(fabric), new HeldLinks(fabric)];
    fabric.setLatency(late.name, leader.name, { lowMicros: amount * 1_000, highMicros: amount * 1_000 });
    apart.refuse([late.name], rest);
    parted.refuse([leader.name], rest);
    apart.cut(clients, rest);
    cluster.later(amount / 3, () => {
      parted.release();
      apart.cut([leader.name], [late.name]);
      handBack(cluster, leader, amount / ASK_MS);
    });
    const strike = (node: SimNode): void => {
      if (node === leader) back.part([leader], [leader, ...others.slice(1)]);
      else cluster.lieInWait('leads', strike, forMs);
    };
    cluster.lieInWait('leads', strike, forMs);
    cluster.later(forMs, () => {
      fabric.setLatency(late.name, leader.name);
      for (const links of [apart, back]) links.release();
    });
    return true;
  },
};

export const lateReplyFaults = [lateReplies];

/** Has whoever leads hand over to this one, so often asked until it leads. */
function handBack(cluster: Cluster, to: SimNode, asks: number): void {
  const leader = cluster.leader();
  if (leader === to && leader.broker?.parts.group.replica.term === highestTerm(cluster)) return;
  leader?.broker?.parts.group.replica.transferLeadership(to.name, () => {});
  if (asks > 0) cluster.later(ASK_MS, () => handBack(cluster, to, asks - 1));
}

function highestTerm({ nodes }: Cluster): number {
  return Math.max(...nodes.map(({ broker }) => broker?.parts.group.replica.term ?? 0));
}
