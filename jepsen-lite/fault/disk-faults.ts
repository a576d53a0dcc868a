import type { FaultKind } from './fault-kind.ts';
import type { FaultWorld, Server } from './fault-world.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

const ONE: readonly Target[] = ['leader', 'leader', 'follower', 'other-follower'];

/** Each operation of the disk takes up to `amount` ms. */
const slowDisk: FaultKind = {
  name: 'slow-disk',
  weight: 4,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: chance.between(500, 8_000),
    amount: chance.pick([5, 50, 500, 5_000]),
  }),
  apply(cluster, { target, forMs, amount = 50 }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined) return false;
    slowDiskFor(cluster, node, amount, forMs);
    return true;
  },
};

/** The disk has room for `amount` bytes more. */
const diskFull: FaultKind = {
  name: 'disk-full',
  weight: 4,
  draw: (chance) => ({
    target: chance.pick<Target>([...ONE, 'all']),
    forMs: chance.between(500, 8_000),
    amount: chance.pick([0, 4_096, 65_536]),
  }),
  apply(cluster, { target, forMs, amount = 0 }) {
    const nodes = targetsOf(cluster, target);
    for (const { host } of nodes) {
      host.image.capacityBytes = host.image.allocatedBytes + amount;
      cluster.later(forMs, () => {
        host.image.capacityBytes = Number.POSITIVE_INFINITY;
      });
    }
    return nodes.length > 0;
  },
};

/** One operation fails with EIO, the next one succeeds; `mode` is `operation path`. */
const diskErrorOn = (paths: readonly string[]): FaultKind => ({
  name: 'disk-error',
  weight: 4,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: 0,
    mode: `${chance.pick(['sync', 'sync', 'write', 'read'])} ${chance.pick(paths)}`,
  }),
  apply(cluster, { target, mode = 'sync ' }) {
    const [node] = targetsOf(cluster, target).filter((one) => one.running && cluster.mayHurt(one));
    if (node === undefined) return false;
    const [operation, path = ''] = mode.split(' ');
    cluster.hurt(node);
    node.diskHurt = true;
    node.host.image.plan({
      operation: operation === 'read' || operation === 'write' ? operation : 'sync',
      code: 'EIO',
      path,
      mayHit: (file) => cluster.mayFail(node, file),
    });
    return true;
  },
});

/** `paths`: parts of the paths of files that operations fail on. */
export const diskFaultsOn = (paths: readonly string[]): readonly FaultKind[] => [
  slowDisk,
  diskFull,
  diskErrorOn(paths),
];

/** Each fsync takes up to `mostMs`, each other operation up to a tenth of that, for so long. */
export function slowDiskFor(cluster: FaultWorld, { host }: Server, mostMs: number, forMs: number): void {
  const { image } = host;
  const [low, high] = [mostMs * 200, mostMs * 1_000];
  image.speed = { lowMicros: low / 10, highMicros: high / 10, syncLowMicros: low, syncHighMicros: high };
  cluster.later(forMs, () => image.useUsualSpeed());
}
