import type { FaultKind } from '../fault/fault-kind.ts';
import { cutBothFor } from '../fault/link-states.ts';
import { restartLater } from '../fault/process-faults.ts';
import type { Fault } from '../fault/schedule.ts';
import { Chance } from '../sim/chance.ts';
import type { ControllerCluster } from './controller-cluster.ts';
import { drawLossAllowed } from './controller-sizes.ts';
import type { SimBroker } from './sim-broker.ts';

const LOOK_MS = 100;
/** So long brokers may be cut from their master before the set is the master alone: longer than `haMaxTimeSlaveNotCatchup`. */
const ALONE_MS = 6_000;
/** So long it acknowledges what nobody else has. */
const GOES_ON_MS = 1_000;
const MOST = 3;

/**
 * The others are cut from their master until the set is that one alone, it goes on for a while, and then it is away for `forMs`: killed, or unheard by the controllers (`mode`), while clients still reach it. Nobody who is left has
 * everything. Drawn by `drawLeftAlone`, where somebody may be elected all the same.
 */
export const leftAlone: FaultKind<ControllerCluster> = {
  name: 'left-alone',
  weight: 0,
  draw: (chance) => ({
    target: 'leader',
    forMs: chance.between(3_000, 9_000),
    amount: chance.between(0, GOES_ON_MS),
    mode: chance.pick(['kill', 'kill', 'unheard']),
  }),
  apply(cluster, { forMs, amount = 0, mode }) {
    const master = cluster.master();
    if (master === undefined) return false;
    const others = cluster.nodes.filter((node) => node !== master);
    const { fabric } = cluster.world;
    const isCut = { now: true };
    const heal = (): void => {
      if (!isCut.now) return;
      isCut.now = false;
      for (const { name } of others) {
        fabric.heal(master.name, name);
        fabric.heal(name, master.name);
      }
    };
    for (const { name } of others) {
      fabric.cut(master.name, name);
      fabric.cut(name, master.name);
    }
    cluster.later(ALONE_MS, heal);
    const look = (): void => {
      if (!isCut.now) return;
      const away = (): void => {
        if (isAlone(cluster, master)) goesAway(cluster, master, forMs, mode);
        heal();
      };
      if (isAlone(cluster, master)) cluster.later(amount, away);
      else cluster.later(LOOK_MS, look);
    };
    look();
    return true;
  },
};

function isAlone({ judge }: ControllerCluster, { brokerId, running }: SimBroker): boolean {
  const { masterId, syncStateSet = [] } = judge.brokerSet ?? {};
  return running && masterId === brokerId && syncStateSet.length === 1;
}

function goesAway(cluster: ControllerCluster, master: SimBroker, forMs: number, mode: string | undefined): void {
  if (mode === 'kill') restartLater(cluster, master, forMs, () => master.kill());
  else for (const { name } of cluster.controllers) cutBothFor(cluster, master.name, name, forMs);
}

/** From a stream of its own, in runs in which an unclean election is allowed. */
export function drawLeftAlone(seed: number, startMs: number, endMs: number): Fault[] {
  if (drawLossAllowed(seed) === undefined) return [];
  const chance = new Chance(seed, leftAlone.name);
  const drawn = Array.from({ length: chance.between(1, MOST) }, () => leftAlone.draw(chance));
  const lastMs = endMs - ALONE_MS - GOES_ON_MS;
  return drawn
    .filter(({ forMs }) => forMs < lastMs - startMs)
    .map((fault) => ({ kind: leftAlone.name, atMs: chance.between(startMs, lastMs - fault.forMs), ...fault }));
}
