import type { FaultKind } from './fault-kind.ts';
import type { Server } from './fault-world.ts';
import { cutBothFor, slowFor } from './link-states.ts';
import { losePower } from './process-faults.ts';
import { targetsOf } from './targets.ts';

/** Both parts have missed the leader and stand when it is back. */
const AWAY_MS = 200;
const NEAR_MICROS = 100;
const FAR_MICROS = 10_000;

/**
 * The leader dies, and the others are two parts that reach it, at some distance, but not each other: both stand, and it decides between them when it is back. Whoever votes is killed right
 * after that and started at once, `amount` times, so that a rival may ask for the same vote again.
 */
const rivals: FaultKind = {
  name: 'rivals',
  weight: 4,
  draw: (chance) => ({
    target: 'leader',
    forMs: chance.between(300, 4_000),
    amount: chance.between(1, 4),
    mode: chance.pick(['kill', 'kill', 'power']),
  }),
  apply(cluster, { target, forMs, amount = 1, mode }) {
    const [middle] = targetsOf(cluster, target).filter(({ running }) => running);
    if (middle === undefined) return false;
    const strike = (node: Server, awayMs: number): void => {
      if (mode === 'power' && cluster.syncFlush && cluster.mayLosePower(node)) losePower(cluster, node, 'torn');
      else node.kill();
      cluster.later(awayMs, () => cluster.startNode(node));
    };
    const others = cluster.nodes.filter((node) => node !== middle);
    const half = Math.floor(others.length / 2);
    for (const { name } of others) {
      slowFor(cluster, middle.name, name, { lowMicros: NEAR_MICROS, highMicros: FAR_MICROS }, forMs);
    }
    for (const { name: one } of others.slice(0, half)) {
      for (const { name: other } of others.slice(half)) cutBothFor(cluster, one, other, forMs);
    }
    strike(middle, AWAY_MS);
    for (let turn = 0; turn < amount; turn++) {
      cluster.lieInWait('vote', (node) => cluster.later(0.2, () => strike(node, 1)), forMs);
    }
    return true;
  },
};

export const electionFaults = [rivals];
