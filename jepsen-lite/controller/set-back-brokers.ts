import type { FaultKind } from '../fault/fault-kind.ts';
import { restartLater } from '../fault/process-faults.ts';
import type { Fault, Target } from '../fault/schedule.ts';
import { targetsOf } from '../fault/targets.ts';
import { Chance } from '../sim/chance.ts';
import type { SimFile } from '../sim/sim-file.ts';
import type { ControllerCluster } from './controller-cluster.ts';
import type { SimBroker } from './sim-broker.ts';

const ONE: readonly Target[] = ['leader', 'leader', 'follower', 'other-follower'];
/** How many of all runs have brokers that are set back, and how often one is at most. */
const SHARE = 1 / 6;
const MOST = 4;

/**
 * A broker runs on, is started anew, and then finds an older state of its disk: the controllers have heard of a start since which that does not know, and take it out of the SyncStateSet
 * (cluster/controller/README.md). Drawn by `drawSetBacks` alone, so that all else that a seed means stays.
 */
export const setBackBroker: FaultKind<ControllerCluster> = {
  name: 'set-back',
  weight: 0,
  draw: (chance) => ({ target: chance.pick(ONE), forMs: chance.between(1_000, 6_000) }),
  apply(cluster, { target, forMs }) {
    const [node] = targetsOf(cluster, target).filter((one) => one.running && cluster.mayHurt(one) && cluster.founded);
    if (node === undefined) return false;
    const copy = node.host.image.copy();
    restartLater(cluster, node, 10, () => node.kill());
    cluster.later(forMs, () => {
      // Only a start of which the controllers have heard can tell them that this disk is an older one.
      if (!cluster.mayHurt(node) || !isOlder(cluster, node, copy)) return;
      node.kill();
      node.host.image.restore(copy);
      cluster.setBack(node);
      cluster.startNode(node);
    });
    return true;
  },
};

/** The set-backs of a run, from a stream of their own. */
export function drawSetBacks(seed: number, startMs: number, endMs: number): Fault[] {
  const chance = new Chance(seed, 'set-back');
  if (!chance.happens(SHARE)) return [];
  const drawn = Array.from({ length: chance.between(1, MOST) }, () => setBackBroker.draw(chance));
  return drawn
    .filter(({ forMs }) => forMs < endMs - startMs)
    .map((fault) => ({ kind: setBackBroker.name, atMs: chance.between(startMs, endMs - fault.forMs), ...fault }));
}

/** The controllers agreed on a start of this broker that the copy does not know. */
function isOlder({ judge }: ControllerCluster, { brokerId }: SimBroker, copy: ReadonlyMap<string, SimFile>): boolean {
  const last = judge.brokerSet?.replicas.get(brokerId)?.starts.at(-1);
  const boot = copy.get('/store/ledgermq.boot')?.durable();
  if (last === undefined || boot === undefined) return false;
  const { starts = [] } = JSON.parse(boot.toString()) as { readonly starts?: readonly string[] };
  return !starts.includes(last);
}
