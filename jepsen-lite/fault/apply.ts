import type { Cluster } from '../sim/cluster.ts';
import type { Fault } from './schedule.ts';
import { targetsOf } from './targets.ts';

/** Lets one fault happen now, and arranges for its end. Returns false where it could not: nobody is there to be hit. */
export function applyFault(cluster: Cluster, fault: Fault): boolean {
  const targets = targetsOf(cluster, fault.target).filter((node) => node.running);
  if (targets.length === 0) return false;
  for (const node of targets) {
    node.kill();
    cluster.later(fault.forMs, () => cluster.startNode(node));
  }
  return true;
}
