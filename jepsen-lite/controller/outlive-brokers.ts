import type { FaultKind } from '../fault/fault-kind.ts';
import { restartLater } from '../fault/process-faults.ts';
import { outlive } from '../fault/retention-faults.ts';
import type { Fault } from '../fault/schedule.ts';
import { targetsOf } from '../fault/targets.ts';
import { Chance } from '../sim/chance.ts';
import type { ControllerCluster } from './controller-cluster.ts';
import { drawsRetention } from './controller-sizes.ts';

const MOST = 4;

/**
 * More time passes than messages are kept; where the target is one broker, that one is away meanwhile, and may lack what its master has deleted. Drawn by `drawOutlived`, where
 * messages are kept for so short a time.
 */
export const outliveBrokers: FaultKind<ControllerCluster> = {
  name: outlive.name,
  weight: 0,
  draw: (chance) => ({
    ...outlive.draw(chance),
    target: chance.pick(['all', 'follower', 'other-follower', 'leader']),
    forMs: chance.between(1_000, 8_000),
  }),
  apply(cluster, fault) {
    const { target, forMs } = fault;
    const away = target === 'all' ? [] : targetsOf(cluster, target).filter(({ running }) => running);
    for (const node of away) restartLater(cluster, node, forMs, () => node.kill());
    return outlive.apply(cluster, fault);
  },
};

/** From a stream of its own. */
export function drawOutlived(seed: number, startMs: number, endMs: number): Fault[] {
  if (!drawsRetention(seed)) return [];
  const chance = new Chance(seed, outlive.name);
  const drawn = Array.from({ length: chance.between(1, MOST) }, () => outliveBrokers.draw(chance));
  return drawn
    .filter(({ forMs }) => forMs < endMs - startMs)
    .map((fault) => ({ kind: outlive.name, atMs: chance.between(startMs, endMs - fault.forMs), ...fault }));
}
