import type { Cluster } from '../sim/cluster.ts';
import type { SimNode } from '../sim/sim-node.ts';
import type { FaultKind } from './fault-kind.ts';
import { losePower } from './process-faults.ts';
import { targetsOf } from './targets.ts';

/** How often whoever operates the group says it again to all who are left. */
const SAY_MS = 50;

/**
 * `target` is killed, `other` loses power `amount` ms later and is in doubt when it is back, and whoever operates the group gives `target` up at all who are left, again and again, until it is
 * back after `forMs`, with its store. By then the third member has all that was committed: what was acknowledged may neither be lost by the word, nor by the return in the middle of it.
 */
const giveUp: FaultKind<Cluster> = {
  name: 'give-up',
  // Only in schedules that are given: the moments at which the lost one is back are what there is to try.
  weight: 0,
  draw: (chance) => ({
    target: 'follower',
    other: chance.pick(['leader', 'other-follower']),
    forMs: chance.between(1_000, 5_000),
    amount: chance.between(100, 500),
  }),
  apply(cluster, { target, other = 'leader', forMs, amount = 200 }) {
    const [lost] = targetsOf(cluster, target);
    const [doubtful] = targetsOf(cluster, other);
    if (lost === undefined || doubtful === undefined || lost === doubtful || !cluster.founded) return false;
    if (![lost, doubtful].every((node) => node.running && !node.paused) || !cluster.mayHurt(doubtful)) return false;
    const left = cluster.nodes.filter((node) => node !== lost);
    lost.kill();
    const backAtMs = cluster.world.loop.nowMs + forMs;
    cluster.later(forMs, () => cluster.startNode(lost));
    cluster.later(amount, () => {
      if (!hasAll(cluster, left, doubtful) || !cluster.mayHurt(doubtful)) return;
      losePower(cluster, doubtful, 'lost');
      cluster.startNode(doubtful);
      const say = (): void => {
        if (cluster.world.loop.nowMs >= backAtMs) return;
        for (const { broker, paused } of left) if (!paused) broker?.parts.group.replica.giveUp(lost.name);
        cluster.later(SAY_MS, say);
      };
      say();
    });
    return true;
  },
};

export const giveUpFaults = [giveUp];

/** Whether the others have all that is committed, without the one that is about to lose some of it. */
function hasAll({ judge }: Cluster, left: readonly SimNode[], doubtful: SimNode): boolean {
  return left.every(
    (node) => node === doubtful || (node.running && judge.watch(node.name).lastIndex >= judge.ledger.lastIndex),
  );
}
