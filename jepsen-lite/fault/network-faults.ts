import { slowDiskFor } from './disk-faults.ts';
import type { FaultKind } from './fault-kind.ts';
import { cutBothFor, cutFor, slowFor } from './link-states.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

const ONE: readonly Target[] = ['leader', 'leader', 'follower', 'other-follower'];

/** A member is cut from the other members (`peers`), or from everybody (`all`). */
const isolate: FaultKind = {
  name: 'isolate',
  weight: 5,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: chance.between(50, 8_000),
    mode: chance.pick(['peers', 'peers', 'all']),
  }),
  apply(cluster, { target, forMs, mode }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined) return false;
    const others = mode === 'all' ? [...cluster.world.fabric.hosts.keys()] : cluster.nodes.map(({ name }) => name);
    for (const other of others) {
      if (other === node.name) continue;
      cutBothFor(cluster, node.name, other, forMs);
    }
    return true;
  },
};

/** One link between two members is cut, in both directions or in one: the third sees both. */
const cut: FaultKind = {
  name: 'cut',
  weight: 6,
  draw: (chance) => ({
    target: chance.pick<Target>(['leader', 'follower', 'other-follower']),
    other: chance.pick<Target>(['leader', 'follower', 'other-follower']),
    forMs: chance.between(50, 8_000),
    mode: chance.pick(['both', 'out', 'in']),
  }),
  apply(cluster, { target, other, forMs, mode }) {
    const [node] = targetsOf(cluster, target);
    const [peer] = targetsOf(cluster, other ?? 'follower');
    if (node === undefined || peer === undefined || node === peer) return false;
    if (mode !== 'in') cutFor(cluster, node.name, peer.name, forMs);
    if (mode !== 'out') cutFor(cluster, peer.name, node.name, forMs);
    return true;
  },
};

/** A member hears all others but reaches none, or the other way round. */
const deaf: FaultKind = {
  name: 'deaf',
  weight: 3,
  draw: (chance) => ({ target: chance.pick(ONE), forMs: chance.between(50, 6_000), mode: chance.pick(['out', 'in']) }),
  apply(cluster, { target, forMs, mode }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined) return false;
    for (const { name } of cluster.nodes) {
      if (name === node.name) continue;
      if (mode === 'out') cutFor(cluster, node.name, name, forMs);
      else cutFor(cluster, name, node.name, forMs);
    }
    return true;
  },
};

/** The name server or the clients cannot reach a member, and it not them; the members see each other. */
const hide: FaultKind = {
  name: 'hide',
  weight: 2,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: chance.between(100, 8_000),
    mode: chance.pick(['ns', 'clients']),
  }),
  apply(cluster, { target, forMs, mode }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined) return false;
    const members = new Set(cluster.nodes.map(({ name }) => name));
    for (const other of cluster.world.fabric.hosts.keys()) {
      if (members.has(other) || (mode === 'ns') !== (other === 'ns')) continue;
      cutBothFor(cluster, node.name, other, forMs);
    }
    return true;
  },
};

/** All connections between two members break, `amount` times, spread over the time. */
const reset: FaultKind = {
  name: 'reset',
  weight: 4,
  draw: (chance) => ({
    target: chance.pick<Target>(['leader', 'follower']),
    other: 'other-follower',
    forMs: chance.between(1, 2_000),
    amount: chance.between(1, 8),
  }),
  apply(cluster, { target, other, forMs, amount = 1 }) {
    const [node] = targetsOf(cluster, target);
    const [peer] = targetsOf(cluster, other ?? 'follower');
    if (node === undefined || peer === undefined || node === peer) return false;
    for (let count = 0; count < amount; count++) {
      cluster.later((forMs * count) / amount, () => cluster.world.fabric.reset(node.name, peer.name));
    }
    return true;
  },
};

/** Everything between a member and the others takes up to `amount` ms, at least a tenth of it; across connections in any order. */
const slowLink: FaultKind = {
  name: 'slow-link',
  weight: 4,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: chance.between(500, 8_000),
    amount: chance.pick([5, 20, 100, 400]),
  }),
  apply(cluster, { target, forMs, amount = 20 }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined) return false;
    const times = { lowMicros: amount * 100, highMicros: amount * 1_000 };
    for (const { name } of cluster.nodes) if (name !== node.name) slowFor(cluster, node.name, name, times, forMs);
    return true;
  },
};

/** Longest fsync of a machine that stalls. */
const STALL_MS = 500;

/**
 * The smaller part of the members, with the target in it, is parted from the larger one; clients reach both. `cut`: silently. `refuse`: connections break and new ones
 * are refused, so that the larger part has a new leader long before an old one in the smaller part knows. `stall`: the same, and the target's disk is slow, as where a
 * virtual machine is moved: what it wrote as the leader may still be on its way to the disk when it has to cut it.
 */
const split: FaultKind = {
  name: 'split',
  weight: 5,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: chance.pick([chance.between(20, 300), chance.between(300, 5_000)]),
    mode: chance.pick(['refuse', 'stall', 'cut']),
  }),
  apply(cluster, { target, forMs, mode }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined) return false;
    const others = cluster.nodes.filter((one) => one !== node);
    const companions = Math.floor((cluster.nodes.length - 1) / 2) - 1;
    const { fabric } = cluster.world;
    if (mode === 'stall') slowDiskFor(cluster, node, STALL_MS, forMs);
    for (const { name: inner } of [node, ...others.slice(0, companions)]) {
      for (const { name: outer } of others.slice(companions)) {
        if (mode === 'cut') {
          cutBothFor(cluster, inner, outer, forMs);
        } else {
          fabric.refuse(inner, outer);
          cluster.later(forMs, () => fabric.admit(inner, outer));
        }
      }
    }
    return true;
  },
};

export const networkFaults = [isolate, cut, deaf, hide, reset, slowLink, split];
