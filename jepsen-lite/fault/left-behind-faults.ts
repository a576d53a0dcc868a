import type { Cluster } from '../sim/cluster.ts';
import type { SimNode } from '../sim/sim-node.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

/**
 * A member is away while the others take snapshots and remove all log files below them: when it is back after `forMs`, its leader no longer has what it
 * lacks. `amount` more times they do so while it is brought up, every 100 ms.
 */
const leftBehind: FaultKind<Cluster> = {
  name: 'left-behind',

  weight: 5,
  draw: (chance) => ({
    target: chance.pick<Target>(['follower', 'other-follower', 'leader']),
    forMs: chance.between(1_000, 8_000),
    amount: chance.pick([0, 1, 5]),
  }),
  apply(cluster, { target, forMs, amount = 0 }) {
    const [node] = targetsOf(cluster, target).filter(({ running }) => running);
    if (node === undefined || !cluster.founded) return false;
    node.kill();
    cluster.later(forMs - 1, () => trimAll(cluster, node));
    cluster.later(forMs, () => cluster.startNode(node));
    for (let turn = 1; turn <= amount; turn++) cluster.later(forMs + 100 * turn, () => trimAll(cluster, node));
    return true;
  },
};

export const leftBehindFaults = [leftBehind];

/** All but one do what retention does when everything has expired and the disk is full. */
function trimAll(cluster: Cluster, but: SimNode): void {
  for (const node of cluster.nodes) if (node !== but && !node.paused && !node.stopping) trim(node);
}

function trim(node: SimNode): void {
  const { broker, process } = node;
  if (broker === undefined || process === undefined) return;
  const { snapshots, data, member } = broker.parts;
  const { log } = member.storage;
  process.timers.after(0, () => {
    snapshots.take((error) => {
      // The member may have begun anew meanwhile, in the same process: the files of before are gone.
      if (error !== undefined || node.broker !== broker) return;
      log.deleteBefore(Math.min(snapshots.position, data.log.confirmedPosition));
      data.store.trim();
    });
  });
}
