import { readHardState } from '../../cluster/raft-storage/hard-state.ts';
import type { Disk } from '../../src/platform/ports.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { SimNode } from '../sim/sim-node.ts';
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
      // Only a start that the others have heard of can tell them that this disk is an older one.
      const seen = cluster.nodes.every((other) => other === node || knowsStart(other, node, incarnation + 1));
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

/** Whether it stands on a member's medium that another has been as far as this start: a start of the first does not forget it. */
function knowsStart(member: SimNode, { name }: SimNode, incarnation: number): boolean {
  const path = `/store/dledger-${member.name}/hardstate`;
  const medium: Pick<Disk, 'readFile'> = { readFile: () => member.durableContent(path) };
  const read = readHardState(medium as Disk, path, { memberId: member.name, groupName: 'g' });
  return read.kind === 'ok' && (read.record.peerStarts.get(name)?.incarnation ?? 0) >= incarnation;
}
