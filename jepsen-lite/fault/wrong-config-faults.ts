import type { Cluster } from '../sim/cluster.ts';
import type { WrongLine } from '../sim/sim-node.ts';
import type { FaultKind } from './fault-kind.ts';
import { targetsOf } from './targets.ts';

/** The line of broker.conf that is wrong, by mode; and whether a start with it has to be refused, as its directory says otherwise. */
const WRONG: Readonly<Record<string, WrongLine>> = {
  group: { line: 'dLegerGroup=other', isRefused: true },
  peers: { line: 'dLegerPeers=n0-x0:40911;n1-x1:40911;n2-x2:40911', isRefused: false },
};

/**
 * A member is started with the settings of another group: with that group's name its directory has to refuse it, at each start; with that group's addresses it goes on with those that its log knows.
 * The others must not notice more than that it is away. When `forMs` is over, it is started with its own settings.
 */
const wrongConfig: FaultKind<Cluster> = {
  name: 'wrong-config',
  // Only in schedules that are given: a restart with a sentence, about which there is nothing to draw.
  weight: 0,
  draw: (chance) => ({
    target: 'follower',
    forMs: chance.between(1_500, 5_000),
    mode: chance.pick(Object.keys(WRONG)),
  }),
  apply(cluster, { target, forMs, mode = 'group' }) {
    const [node] = targetsOf(cluster, target).filter(({ running, paused }) => running && !paused);
    const wrong = WRONG[mode];
    if (node === undefined || wrong === undefined || !cluster.founded) return false;
    node.kill();
    node.wrongLine = wrong;
    cluster.startNode(node);
    cluster.later(forMs, () => {
      node.kill();
      node.wrongLine = undefined;
      cluster.startNode(node);
    });
    return true;
  },
};

export const wrongConfigFaults = [wrongConfig];
