import type { FaultKind } from './fault-kind.ts';
import type { Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

const ANY: readonly Target[] = ['leader', 'follower', 'other-follower', 'all'];

/** The wall clock jumps by `amount` ms, and back at the end; `strobe`: to and fro ten times. */
const clockJump: FaultKind = {
  name: 'clock-jump',
  weight: 2,
  draw: (chance) => ({
    target: chance.pick(ANY),
    forMs: chance.between(100, 10_000),
    amount: chance.pick([-3_600_000, -5_000, -100, 100, 5_000, 3_600_000]),
    mode: chance.pick(['once', 'once', 'strobe']),
  }),
  apply(cluster, { target, forMs, amount = 0, mode }) {
    const turns = mode === 'strobe' ? 10 : 1;
    for (const { host } of targetsOf(cluster, target)) {
      for (let turn = 0; turn < turns; turn++) {
        cluster.later((forMs * turn) / turns, () => {
          host.wallOffsetMs += amount;
        });
        cluster.later((forMs * (turn + 0.5)) / turns, () => {
          host.wallOffsetMs -= amount;
        });
      }
    }
    return true;
  },
};

/** The clocks of a machine, the monotonic one too, run faster or slower by `amount` percent. */
const clockDrift: FaultKind = {
  name: 'clock-drift',
  weight: 2,
  draw: (chance) => ({
    target: chance.pick(ANY),
    forMs: chance.between(1_000, 15_000),
    amount: chance.pick([-10, -1, 1, 10]),
  }),
  apply(cluster, { target, forMs, amount = 0 }) {
    const { loop } = cluster.world;
    for (const { host } of targetsOf(cluster, target)) {
      host.setRate(1 + amount / 100, loop.nowMicros);
      cluster.later(forMs, () => host.setRate(1, loop.nowMicros));
    }
    return true;
  },
};

export const clockFaults = [clockJump, clockDrift];
