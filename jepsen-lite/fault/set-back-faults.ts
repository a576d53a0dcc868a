import { readHardState } from '../../cluster/raft-storage/hard-state.ts';
import type { HardStateRecord } from '../../cluster/raft-storage/hard-state-codec.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { SimFile } from '../sim/sim-file.ts';
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
    const hardState = copy.get(hardStatePath(node));
    const known = hardState === undefined ? undefined : readRecord(node, contentOf(hardState));
    if (known === undefined) return false;
    cluster.hurt(node);
    restartLater(cluster, node, 10, () => node.kill());
    cluster.later(forMs, () => {
      // Only a start that the others have heard of, and the copy has not, can tell them that this disk is an older one.
      const seen = cluster.nodes.every((other) => other === node || startSeenBy(other, node) > known.incarnation);
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

/** The newest start of another that stands on a member's medium: a start of the first does not forget it. 0 = none. */
function startSeenBy(member: SimNode, { name }: SimNode): number {
  const record = readRecord(member, member.durableContent(hardStatePath(member)));
  return record?.peerStarts.get(name)?.incarnation ?? 0;
}

function hardStatePath({ name }: SimNode): string {
  return `/store/dledger-${name}/hardstate`;
}

function readRecord(member: SimNode, content: Buffer | undefined): HardStateRecord | undefined {
  const names = { memberId: member.name, groupName: 'g' };
  const read = readHardState({ readFile: () => content }, hardStatePath(member), names);
  return read.kind === 'ok' ? read.record : undefined;
}

function contentOf(file: SimFile): Buffer {
  const bytes = Buffer.alloc(file.size);
  file.read(bytes, 0);
  return bytes;
}
