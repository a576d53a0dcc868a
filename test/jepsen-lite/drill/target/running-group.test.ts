import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunningTarget } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { RunningGroup, type RunningGroupOptions } from '../../../../jepsen-lite/drill/target/running-group.ts';

/** The member that the name server names as master; undefined: it does not answer. */
let master: string | undefined;

vi.mock('../../../../cluster/launch/group-view.ts', () => ({
  GroupView: class {
    clusterInfo() {
      const table = new Map([['a', { brokerAddrs: new Map([[0, master]]) }]]);
      return Promise.resolve(master === undefined ? undefined : { brokerAddrTable: table });
    }
    close(): void {}
  },
}));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const plan: RunningTarget = {
  kind: 'running',
  server: 'ledgermq',
  nameServer: 'ns:1',
  members: [
    { name: 'n0', address: 'h:0' },
    { name: 'n1', address: 'h:1' },
  ],
};

/** How a search for the group ends: who leads, or why there is none. */
function found(signal = new AbortController().signal): Promise<string | undefined> {
  const real = {
    clock: { monotonicMs: () => performance.now() },
    timers: { after: (ms: number, run: () => void) => setTimeout(run, ms) },
  };
  const options = { plan, real, signal, journal: () => {}, startedMs: 0 } as unknown as RunningGroupOptions;
  return RunningGroup.find(options).then(
    async (group) => {
      const { leader } = await group.look();
      const closed = group.close();
      await vi.advanceTimersByTimeAsync(100);
      await closed;
      return leader;
    },
    (error: Error) => error.message,
  );
}

test('a running group is found when its name server tells of a member', async () => {
  const finding = found();
  await vi.advanceTimersByTimeAsync(4_000);
  master = 'h:1';
  await vi.advanceTimersByTimeAsync(500);
  expect(await finding).toBe('n1');
});

test.for([undefined, 'other:1'])('one of which it tells nothing for five seconds is none: %s', async (named) => {
  master = named;
  const finding = found();
  await vi.advanceTimersByTimeAsync(5_500);
  expect(await finding).toBe(
    "target.nameServer: ns:1 does not answer, or knows none of h:0, h:1; name the group's name server, and the addresses that mqadmin clusterList shows.",
  );
});

test('nor is one looked for longer than the drill lasts', async () => {
  master = undefined;
  const stop = new AbortController();
  const finding = found(stop.signal);
  stop.abort();
  await vi.advanceTimersByTimeAsync(500);
  expect(await finding).toContain('does not answer');
});
