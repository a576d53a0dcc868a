import { allInvariants } from '../invariant/all-invariants.ts';
import { Judge } from '../invariant/judge.ts';
import { Chance } from './chance.ts';
import { Cluster } from './cluster.ts';
import type { Scene, SceneOptions } from './scene.ts';
import { drawSizes } from './sizes.ts';

/** A DLedger group with its judge. */
export function createDledgerScene({ world, seed, nodes, metadata, note }: SceneOptions): Scene {
  const judge = new Judge({
    names: Array.from({ length: nodes }, (_, number) => `n${number}`),
    nowMs: () => world.loop.nowMs,
    invariants: (ledger) => allInvariants(ledger, metadata),
    note,
    moment: (node, moment) => cluster.moment(node, moment),
  });
  const cluster: Cluster = new Cluster({ world, judge, nodeCount: nodes, sizes: drawSizes(new Chance(seed, 'sizes')) });
  return cluster;
}
