import { RESERVED_HOURS } from '../sim/sizes.ts';
import type { FaultKind } from './fault-kind.ts';

const HOUR_MS = 3_600_000;

/**
 * More time passes than messages are kept: the wall clocks of all machines stand later from now on, and retention takes what snapshots cover, whole queues too if
 * nobody has sent to them since. Who lacks what is removed needs a snapshot.
 */
export const outlive: FaultKind = {
  name: 'outlive',
  weight: 3,
  draw: () => ({ target: 'all', forMs: 0, amount: RESERVED_HOURS + 1 }),
  apply(cluster, { amount = RESERVED_HOURS + 1 }) {
    if (!cluster.founded) return false;
    for (const host of cluster.world.fabric.hosts.values()) host.wallOffsetMs += amount * HOUR_MS;
    return true;
  },
};

export const retentionFaults = [outlive];
