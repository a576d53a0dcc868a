import type { Cluster } from '../sim/cluster.ts';
import type { SimNode } from '../sim/sim-node.ts';
import type { Target } from './schedule.ts';

/** The members that a fault means now. */
export function targetsOf(cluster: Cluster, target: Target): readonly SimNode[] {
  const { nodes } = cluster;
  if (target === 'all') return nodes;
  const leader = cluster.leader() ?? nodes.find((node) => node.running);
  if (target === 'leader') return leader === undefined ? [] : [leader];
  const others = nodes.filter((node) => node !== leader);
  if (target === 'follower') return others.slice(0, 1);
  if (target === 'other-follower') return others.slice(1, 2);
  return nodes.filter(({ name }) => name === target);
}
