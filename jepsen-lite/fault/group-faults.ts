import type { Cluster } from '../sim/cluster.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

/** Leadership is handed to a member, `amount` times in a row: also to one that lags, is dead or is paused. */
const transfer: FaultKind<Cluster> = {
  name: 'transfer',
  weight: 4,
  draw: (chance) => ({
    target: 'leader',
    other: chance.pick<Target>(['follower', 'other-follower', 'n0', 'n1', 'n2']),
    forMs: chance.between(10, 3_000),
    amount: chance.pick([1, 1, 3]),
  }),
  apply(cluster, { other = 'follower', forMs, amount = 1 }) {
    if (cluster.leader() === undefined) return false;
    for (let turn = 0; turn < amount; turn++) {
      cluster.later((forMs * turn) / amount, () => {
        const leader = cluster.leader();
        const [to] = targetsOf(cluster, other);
        if (leader?.broker === undefined || leader.paused || to === undefined) return;
        leader.broker.parts.group.replica.transferLeadership(to.name, () => {});
      });
    }
    return true;
  },
};

export const groupFaults = [transfer];
