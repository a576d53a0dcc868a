import type { FaultKind } from '../fault/fault-kind.ts';
import { cutBothFor, cutFor } from '../fault/link-states.ts';
import { restartLater } from '../fault/process-faults.ts';
import type { Target } from '../fault/schedule.ts';
import { targetsOf } from '../fault/targets.ts';
import type { Chance } from '../sim/chance.ts';
import type { ControllerCluster } from './controller-cluster.ts';
import type { SimController } from './sim-controller.ts';

type Kind = FaultKind<ControllerCluster>;

/** Which controllers a fault means: the one that leads, another one, or all. */
const WHICH = ['leader', 'leader', 'other', 'all'] as const;

function which(cluster: ControllerCluster, mode: string | undefined): readonly SimController[] {
  const { controllers } = cluster;
  if (mode === 'all') return controllers;
  const leader = cluster.leadingController() ?? controllers.find(({ running }) => running);
  const others = controllers.filter((one) => one !== leader);
  return mode === 'other' ? others.slice(0, 1) : leader === undefined ? [] : [leader];
}

const anyWhile = (chance: Chance, lowMs: number, highMs: number) => ({
  target: 'all' as const,
  forMs: chance.between(lowMs, highMs),
  mode: chance.pick(WHICH),
});

/** SIGKILL of controllers; `amount` 1: and of the master. */
const controllerKill: Kind = {
  name: 'controller-kill',
  weight: 4,
  draw: (chance) => ({ ...anyWhile(chance, 10, 6_000), amount: chance.pick([0, 0, 1]) }),
  apply(cluster, { mode, forMs, amount }) {
    const master = amount === 1 ? cluster.leader() : undefined;
    if (master !== undefined) restartLater(cluster, master, forMs, () => master.kill());
    const hit = which(cluster, mode).filter(({ running }) => running);
    for (const one of hit) restartLater(cluster, one, forMs, () => one.kill());
    return hit.length > 0;
  },
};

/** Machines of controllers lose power: they fsync all that they promise, so that any number may. */
const controllerPower: Kind = {
  name: 'controller-power',
  weight: 3,
  draw: (chance) => anyWhile(chance, 100, 5_000),
  apply(cluster, { mode, forMs }) {
    const hit = which(cluster, mode).filter(({ host }) => host.up);
    for (const one of hit) restartLater(cluster, one, forMs, () => one.losePower('torn'));
    return hit.length > 0;
  },
};

/** SIGSTOP, and SIGCONT later. */
const controllerPause: Kind = {
  name: 'controller-pause',
  weight: 3,
  draw: (chance) => anyWhile(chance, 50, 4_000),
  apply(cluster, { mode, forMs }) {
    const hit = which(cluster, mode).filter(({ running, paused }) => running && !paused);
    for (const { process } of hit) {
      process?.pause();
      cluster.later(forMs, () => process?.resume());
    }
    return hit.length > 0;
  },
};

/** Controllers are cut from one another, or from the brokers (`amount` 1), in both directions. */
const controllerCut: Kind = {
  name: 'controller-cut',
  weight: 5,
  draw: (chance) => ({ ...anyWhile(chance, 50, 8_000), amount: chance.pick([0, 1]) }),
  apply(cluster, { mode, forMs, amount }) {
    const others = amount === 1 ? cluster.nodes : cluster.controllers;
    for (const { name } of which(cluster, mode)) {
      for (const other of others) {
        if (other.name !== name) cutBothFor(cluster, name, other.name, forMs);
      }
    }
    return true;
  },
};

/** A broker and the controllers do not hear each other, in both directions or in one: it sees the other brokers and clients. */
const unheard: Kind = {
  name: 'unheard',
  weight: 6,
  draw: (chance) => ({
    target: chance.pick<Target>(['leader', 'leader', 'follower', 'other-follower', 'all']),
    forMs: chance.between(50, 8_000),
    mode: chance.pick(['both', 'both', 'out', 'in']),
  }),
  apply(cluster, { target, forMs, mode }) {
    const nodes = targetsOf(cluster, target);
    for (const { name } of nodes) {
      for (const controller of cluster.controllers) {
        if (mode !== 'in') cutFor(cluster, name, controller.name, forMs);
        if (mode !== 'out') cutFor(cluster, controller.name, name, forMs);
      }
    }
    return nodes.length > 0;
  },
};

/** A broker is cut from the other brokers and from the controllers, and clients still reach it: as a master it is replaced behind its back. */
const cutOff: Kind = {
  name: 'cut-off',
  weight: 6,
  draw: (chance) => ({
    target: chance.pick<Target>(['leader', 'leader', 'leader', 'follower']),
    forMs: chance.between(500, 10_000),
  }),
  apply(cluster, { target, forMs }) {
    const [node] = targetsOf(cluster, target);
    if (node === undefined) return false;
    for (const { name } of [...cluster.nodes, ...cluster.controllers]) {
      if (name !== node.name) cutBothFor(cluster, node.name, name, forMs);
    }
    return true;
  },
};

/** Lies in wait for the next set on which the controllers agree: its master does not get their answer, nor anything else from them for a while. */
const lostReply: Kind = {
  name: 'lost-reply',
  weight: 6,
  draw: (chance) => ({ target: 'all', forMs: chance.between(200, 8_000) }),
  apply(cluster, { forMs }) {
    cluster.lieInWait('decided', () => {
      const master = cluster.leader();
      if (master === undefined) return;
      for (const { name } of cluster.controllers) cutFor(cluster, name, master.name, forMs);
    });
    return true;
  },
};

/** Each operation of controllers' disks takes up to `amount` ms. */
const controllerSlowDisk: Kind = {
  name: 'controller-slow-disk',
  weight: 2,
  draw: (chance) => ({ ...anyWhile(chance, 500, 6_000), amount: chance.pick([20, 200, 2_000]) }),
  apply(cluster, { mode, forMs, amount = 20 }) {
    const hit = which(cluster, mode);
    for (const { host } of hit) {
      const [low, high] = [amount * 200, amount * 1_000];
      host.image.speed = { lowMicros: low / 10, highMicros: high / 10, syncLowMicros: low, syncHighMicros: high };
      cluster.later(forMs, () => host.image.useUsualSpeed());
    }
    return hit.length > 0;
  },
};

/** The clocks of controllers run faster or slower by `amount` percent, and their wall clocks jump by as many minutes. */
const controllerClock: Kind = {
  name: 'controller-clock',
  weight: 2,
  draw: (chance) => ({ ...anyWhile(chance, 1_000, 10_000), amount: chance.pick([-10, -1, 1, 10]) }),
  apply(cluster, { mode, forMs, amount = 1 }) {
    const { loop } = cluster.world;
    const hit = which(cluster, mode);
    for (const { host } of hit) {
      host.setRate(1 + amount / 100, loop.nowMicros);
      host.wallOffsetMs += amount * 60_000;
      cluster.later(forMs, () => {
        host.setRate(1, loop.nowMicros);
        host.wallOffsetMs -= amount * 60_000;
      });
    }
    return hit.length > 0;
  },
};

export const controllerFaults: readonly Kind[] = [
  controllerKill,
  controllerPower,
  controllerPause,
  controllerCut,
  unheard,
  cutOff,
  lostReply,
  controllerSlowDisk,
  controllerClock,
];
