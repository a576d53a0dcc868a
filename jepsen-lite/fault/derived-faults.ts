import type { FaultKind } from './fault-kind.ts';
import { targetsOf } from './targets.ts';

/** A member is killed, and what is derived from its log (`mode`: consume queues, index, or both) is gone when it is started again: it is built anew. */
const loseDerived: FaultKind = {
  name: 'lose-derived',
  weight: 3,
  draw: (chance) => ({
    target: chance.pick(['leader', 'follower', 'other-follower']),
    forMs: chance.between(10, 3_000),
    mode: chance.pick(['consumequeue', 'index', 'consumequeue index']),
  }),
  apply(cluster, { target, forMs, mode = 'consumequeue' }) {
    const [node] = targetsOf(cluster, target).filter(({ running }) => running);
    if (node === undefined) return false;
    node.kill();
    const { image } = node.host;
    for (const folder of mode.split(' ')) {
      for (const path of [...image.files.keys()]) if (path.includes(`/${folder}/`)) image.unlink(path);
    }
    image.syncAllNames();
    cluster.later(forMs, () => cluster.startNode(node));
    return true;
  },
};

export const derivedFaults = [loseDerived];
