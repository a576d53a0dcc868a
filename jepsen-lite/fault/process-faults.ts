import type { UnsyncedFate } from '../sim/sim-file.ts';
import type { FaultKind } from './fault-kind.ts';
import type { FaultWorld, Server } from './fault-world.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

const ONE: readonly Target[] = ['leader', 'leader', 'follower', 'other-follower'];

/** SIGKILL, and a start some time later. */
const kill: FaultKind = {
  name: 'kill',
  weight: 6,
  draw: (chance) => ({ target: chance.pick(ONE), forMs: chance.between(10, 5_000) }),
  apply(cluster, { target, forMs }) {
    const nodes = targetsOf(cluster, target).filter((node) => node.running);
    for (const node of nodes) restartLater(cluster, node, forMs, () => node.kill());
    return nodes.length > 0;
  },
};

/** SIGTERM: an orderly stop, with hand-over, and a start some time later. */
const stop: FaultKind = {
  name: 'stop',
  weight: 3,
  draw: (chance) => ({ target: chance.pick(ONE), forMs: chance.between(2_500, 6_000) }),
  apply(cluster, { target, forMs }) {
    const nodes = targetsOf(cluster, target).filter((node) => node.running && !node.paused);
    for (const node of nodes) {
      node.stop();
      const { process } = node;
      cluster.later(forMs, () => {
        if (node.process === process) node.kill();
        cluster.startNode(node);
      });
    }
    return nodes.length > 0;
  },
};

/** SIGSTOP, and SIGCONT later: the process misses everything and knows nothing of it. */
const pause: FaultKind = {
  name: 'pause',
  weight: 4,
  draw: (chance) => ({ target: chance.pick(ONE), forMs: chance.between(50, 4_000) }),
  apply(cluster, { target, forMs }) {
    const nodes = targetsOf(cluster, target).filter((node) => node.running && !node.paused);
    for (const { process } of nodes) {
      process?.pause();
      cluster.later(forMs, () => process?.resume());
    }
    return nodes.length > 0;
  },
};

/**
 * The machine loses power; what was not synced meets the fate `mode`. Under ASYNC_FLUSH, and where a member was hurt before and is not whole
 * again, only a minority may be hit: more is beyond what the group promises (raft/SAFETY.md 2).
 */
const power: FaultKind = {
  name: 'power',
  weight: 5,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: chance.between(200, 5_000),
    mode: chance.pick(['lost', 'torn', 'torn', 'kept']),
  }),
  apply(cluster, { target, forMs, mode }) {
    const nodes = targetsOf(cluster, target).filter((node) => node.host.up && cluster.mayLosePower(node));
    for (const node of nodes) {
      const fate = mode === 'kept' || mode === 'torn' ? mode : 'lost';
      restartLater(cluster, node, forMs, () => losePower(cluster, node, fate));
    }
    return nodes.length > 0;
  },
};

/** Everybody is down at once; they come back one after another, in the order that `amount` gives (so that one that lags may be first). */
const blackout: FaultKind = {
  name: 'blackout',
  weight: 2,
  draw: (chance) => ({
    target: 'all',
    forMs: chance.between(100, 3_000),
    amount: chance.below(120),
    mode: chance.pick(['kill', 'power']),
  }),
  apply(cluster, { forMs, amount = 0, mode }) {
    const withPower =
      mode === 'power' && cluster.syncFlush && cluster.nodes.every((node) => cluster.mayLosePower(node));
    const order = rotated([...cluster.nodes], amount);
    for (const [turn, node] of order.entries()) {
      const end = withPower ? () => losePower(cluster, node, 'torn') : () => node.kill();
      restartLater(cluster, node, Math.floor((forMs * (turn + 1)) / order.length), end);
    }
    return true;
  },
};

/**
 * All machines lose power at once and come back one after another, whatever the flush mode: under ASYNC_FLUSH more than is promised, what is lost must be announced (faults.md, row 10). Only in
 * schedules that are given.
 */
const powerAll: FaultKind = {
  name: 'power-all',
  weight: 0,
  draw: (chance) => ({ target: 'all', forMs: chance.between(100, 3_000) }),
  apply(cluster, { forMs }) {
    for (const [turn, node] of cluster.nodes.entries()) {
      const awayMs = Math.floor((forMs * (turn + 1)) / cluster.nodes.length);
      restartLater(cluster, node, awayMs, () => losePower(cluster, node, 'lost'));
    }
    return true;
  },
};

/** One after another is stopped and started, as in an upgrade. */
const rolling: FaultKind = {
  name: 'rolling',
  weight: 2,
  draw: (chance) => ({ target: 'all', forMs: chance.between(6_000, 12_000), amount: chance.below(120) }),
  apply(cluster, { forMs, amount = 0 }) {
    const order = rotated([...cluster.nodes], amount);
    const each = forMs / order.length;
    for (const [turn, node] of order.entries()) {
      cluster.later(turn * each, () => node.stop());
      cluster.later((turn + 0.8) * each, () => {
        if (node.stopping) node.kill();
        cluster.startNode(node);
      });
    }
    return true;
  },
};

/**
 * What was being written may leave a hole in the log, which a start cannot tell from rot: it puts the member in doubt, under SYNC_FLUSH too, though it lacks nothing that it acknowledged
 * (cluster/raft-storage/README.md).
 */
export function losePower(cluster: FaultWorld, node: Server, fate: UnsyncedFate): void {
  cluster.hurt(node);
  node.losePower(fate);
}

/** A new disk in the machine of a member: it comes back with nothing. */
const wipe: FaultKind = {
  name: 'wipe',
  weight: 1,
  draw: (chance) => ({ target: chance.pick(ONE), forMs: chance.between(10, 4_000) }),
  apply(cluster, { target, forMs }) {
    const nodes = targetsOf(cluster, target).filter((node) => cluster.mayHurt(node) && cluster.founded);
    for (const node of nodes) {
      cluster.hurt(node);
      restartLater(cluster, node, forMs, () => {
        node.kill();
        node.wipe();
      });
    }
    return nodes.length > 0;
  },
};

/** The name server is killed, and knows nothing when it is back. */
const nameServer: FaultKind = {
  name: 'name-server',
  weight: 2,
  draw: (chance) => ({ target: 'all', forMs: chance.between(10, 5_000) }),
  apply(cluster, { forMs }) {
    const { process } = cluster.world.host('ns');
    if (process === undefined) return false;
    process.kill();
    cluster.later(forMs, () => cluster.startNameServer());
    return true;
  },
};

export const processFaults = [nameServer, kill, stop, pause, power, blackout, rolling, wipe, powerAll];

/** Ends a server's process in some way, and starts it a while later. */
export function restartLater(cluster: FaultWorld, node: Server, forMs: number, end: () => void): void {
  end();
  cluster.later(forMs, () => cluster.startNode(node));
}

/** One of the orders of a list. */
function rotated<Item>(items: Item[], amount: number): Item[] {
  const result: Item[] = [];
  for (let left = amount; items.length > 0; left = Math.floor(left / (items.length + 1))) {
    result.push(items.splice(left % items.length, 1)[0] as Item);
  }
  return result;
}
