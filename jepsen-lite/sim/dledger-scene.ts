import { allInvariants } from '../invariant/all-invariants.ts';
import { DelaysInTime } from '../invariant/delays-in-time.ts';
import { Judge } from '../invariant/judge.ts';
import { ReplicaEvents } from '../invariant/replica-events.ts';
import { Chance } from './chance.ts';
import { Cluster } from './cluster.ts';
import type { Scene, SceneOptions } from './scene.ts';
import { drawSizes } from './sizes.ts';

/** A DLedger group with its judge. */
export function createDledgerScene({ world, seed, nodes, metadata, note }: SceneOptions): Scene {
  const delays = new DelaysInTime({ mayRepeat: false });
  const events = new ReplicaEvents(() => world.loop.nowMicros * 1_000);
  const judge = new Judge({
    names: Array.from({ length: nodes }, (_, number) => `n${number}`),
    nowMs: () => world.loop.nowMs,
    invariants: (ledger) => [...allInvariants(ledger, { metadata, delays }), events],
    note,
    moment: (node, moment) => cluster.moment(node, moment),
  });
  const sizes = drawSizes(new Chance(seed, 'sizes'));
  // A stream of its own: what else a seed means stays as it is.
  const isMixed = new Chance(seed, 'flush').happens(0.12);
  const cluster: Cluster = new Cluster({
    ...{ world, judge, delays, sizes, isMixed },
    events: events.events,
    nodeCount: nodes,
  });
  return cluster;
}
