import type { Moment } from '../invariant/judge.ts';
import type { FaultKind } from './fault-kind.ts';
import { losePower, restartLater } from './process-faults.ts';

/**
 * Lies in wait for a moment (`mode`: of a vote, a leadership, an entry, a commit, and how it ends) and then kills whoever has it, within `amount`
 * microseconds: the steps of a write and what is on its way are between those.
 */
export const ambushAt = (moments: readonly Moment[]): FaultKind => ({
  name: 'ambush',
  weight: 6,
  draw: (chance) => ({
    target: 'all',
    forMs: chance.pick([1, 20, 200, 2_000]),
    amount: chance.pick([0, 100, 500, 2_000]),
    mode: `${chance.pick(moments)} ${chance.pick(['kill', 'power'])}`,
  }),
  apply(cluster, { forMs, amount = 0, mode = 'vote kill' }) {
    const [moment, how] = mode.split(' ');
    cluster.lieInWait(moment as Moment, (node) => {
      const { process } = node;
      cluster.later(amount / 1_000, () => {
        if (process === undefined || node.process !== process) return;
        const withPower = how === 'power' && cluster.syncFlush && cluster.mayLosePower(node);
        restartLater(cluster, node, forMs, () => {
          if (withPower) losePower(cluster, node, 'torn');
          else node.kill();
        });
      });
    });
    return true;
  },
});
