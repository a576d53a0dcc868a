import type { Cluster } from '../sim/cluster.ts';
import type { FaultKind } from './fault-kind.ts';
import { restartLater } from './process-faults.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

const ONE: readonly Target[] = ['leader', 'leader', 'follower', 'other-follower'];

/**
 * A member runs on, is started anew, and then finds an older state of its disk: the others know that it has been further, refuse it, and its next start is
 * in doubt (raft/SAFETY.md 1).
 */
const setBack: FaultKind<Cluster> = {
  name: 'set-back',
  weight: 2,
  draw: (chance) => ({ target: chance.pick(ONE), forMs: chance.between(1_000, 6_000) }),
  apply(cluster, { target, forMs }) {
    const [node] = targetsOf(cluster, target).filter((one) => one.running && cluster.mayHurt(one) && cluster.founded);
    if (node === undefined) return false;
    const copy = node.host.image.copy();
    const incarnation = node.broker?.parts.member.storage.incarnation ?? 0;
    cluster.hurt(node);
    restartLater(cluster, node, 10, () => node.kill());
    cluster.later(forMs, () => {
      // Only a start that the others have heard of can tell them that this disk is an older one: their present processes, for the number that it will have is the one that they know, and
      // which process that was (the nonce) is in no hard state.
      const seen = cluster.nodes.every(({ name, broker }) => {
        const hello = broker?.parts.group.peerPort.transport.peerHello(node.name);
        return name === node.name || (hello?.incarnation ?? 0) > incarnation;
      });
      if (!seen || !cluster.mayHurt(node)) return;
      node.kill();
      node.setDiskBack(copy);
      cluster.hurt(node);
      cluster.startNode(node);
    });
    return true;
  },
};

export const setBackFaults = [setBack];
