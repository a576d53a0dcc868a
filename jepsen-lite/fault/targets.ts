import type { Server } from './fault-world.ts';
import type { Target } from './schedule.ts';

/** Brokers, and who leads them. */
interface Brokers<Node extends Server> {
  readonly nodes: readonly Node[];
  leader(): Node | undefined;
}

/** The brokers that a fault means now. */
export function targetsOf<Node extends Server>(cluster: Brokers<Node>, target: Target): readonly Node[] {
  const { nodes } = cluster;
  if (target === 'all') return nodes;
  const leader = cluster.leader() ?? nodes.find((node) => node.running);
  if (target === 'leader') return leader === undefined ? [] : [leader];
  const others = nodes.filter((node) => node !== leader);
  if (target === 'follower') return others.slice(0, 1);
  if (target === 'other-follower') return others.slice(1, 2);
  return nodes.filter(({ name }) => name === target);
}
