import { expect, test } from 'vitest';
import { faultKinds } from '../../../../jepsen-lite/fault/fault-kinds.ts';
import { describeFaults } from '../../../../jepsen-lite/live/chaos/describe-faults.ts';
import { liveFaults } from '../../../../jepsen-lite/live/chaos/live-faults.ts';
import { drawLiveSchedule } from '../../../../jepsen-lite/live/chaos/live-schedule.ts';
import { faultsNamed } from '../../../../jepsen-lite/live/chaos/named-faults.ts';
import { Chance } from '../../../../jepsen-lite/sim/chance.ts';

const kinds = liveFaults.map(({ name }) => name);
const limits = { kinds, nodes: 3, startMs: 3_000, endMs: 300_000, calmMs: 9_000 };

test('a seed draws the same faults again, another seed others', () => {
  const drawn = drawLiveSchedule(new Chance(7, 'x'), limits);
  expect(drawLiveSchedule(new Chance(7, 'x'), limits)).toEqual(drawn);
  expect(drawLiveSchedule(new Chance(8, 'x'), limits)).not.toEqual(drawn);
});

test('every kind comes once before one comes again, and all are over at the end', () => {
  const drawn = drawLiveSchedule(new Chance(7, 'x'), limits);
  expect(new Set(drawn.slice(0, kinds.length).map(({ kind }) => kind))).toEqual(new Set(kinds));
  expect(drawn.length).toBeGreaterThan(50);
  for (const { atMs, forMs } of drawn) {
    expect(atMs).toBeGreaterThanOrEqual(3_000);
    expect(atMs + forMs).toBeLessThanOrEqual(300_000);
  }
});

test('at least ten faults a minute come, in waves that end, with time behind each to see how the group came out of it', () => {
  for (const [seed, calmMs] of [
    [1, 9_000],
    [2, 9_000],
    [3, 13_000],
    [4, 13_000],
  ] as const) {
    const drawn = drawLiveSchedule(new Chance(seed, 'x'), { ...limits, endMs: 600_000, calmMs });
    expect(drawn.length).toBeGreaterThan(100);
    const calm = drawn.filter(({ atMs }, at) => {
      const overMs = Math.max(0, ...drawn.slice(0, at).map((before) => before.atMs + before.forMs));
      return at > 0 && atMs >= overMs + calmMs;
    });
    expect(calm.length).toBeGreaterThan(10);
  }
});

test('where leaders are isolated, each wave begins with one that its clients still reach, and nothing else happens before it is back', () => {
  const drawn = drawLiveSchedule(new Chance(7, 'x'), { ...limits, isolatesLeaders: true });
  const calm = drawn.filter(({ atMs }, at) => {
    const overMs = Math.max(...drawn.slice(0, at).map((before) => before.atMs + before.forMs));
    return at === 0 || atMs >= overMs + limits.calmMs;
  });
  expect(calm.length).toBeGreaterThan(5);
  for (const first of calm) {
    expect(first).toMatchObject({ kind: 'isolate', target: 'leader', mode: 'peers', forMs: 4_000 });
    const overMs = first.atMs + first.forMs;
    expect(drawn.filter(({ atMs }) => atMs > first.atMs && atMs < overMs)).toEqual([]);
  }
  for (const { atMs, forMs } of drawn) expect(atMs + forMs).toBeLessThanOrEqual(limits.endMs);
  const others = drawLiveSchedule(new Chance(7, 'x'), { ...limits, isolatesLeaders: true, kinds: ['kill'] });
  expect(new Set(others.map(({ kind }) => kind))).toEqual(new Set(['kill']));
});

test('of two name servers the first is hit, or both', () => {
  const drawn = drawLiveSchedule(new Chance(7, 'x'), { ...limits, endMs: 600_000, kinds: ['name-server', 'kill'] });
  const amounts = drawn.filter(({ kind }) => kind === 'name-server').map(({ amount }) => amount);
  expect(new Set(amounts)).toEqual(new Set([1, 2]));
  expect(drawn.filter(({ kind, amount }) => kind === 'kill' && amount !== undefined)).toEqual([]);
});

test('only the kinds that are asked for are drawn', () => {
  const drawn = drawLiveSchedule(new Chance(7, 'x'), { ...limits, kinds: ['kill'] });
  expect(new Set(drawn.map(({ kind }) => kind))).toEqual(new Set(['kill']));
});

test('every live kind is one of the simulator, under the same name', () => {
  const names = new Set(faultKinds.map(({ name }) => name));
  expect(kinds.filter((name) => !names.has(name))).toEqual([]);
  expect(new Set(kinds).size).toBe(kinds.length);
});

test('the names of OpenChaos mean kinds of ours, and whom they say', () => {
  const meant = (name: string, nodes = 3) =>
    faultsNamed(name, nodes)?.map(({ kind, target, other }) => [kind, target, other].filter((each) => each).join(' '));
  expect(meant('kill')).toEqual(['kill']);
  expect(meant('random-kill')).toEqual(['kill']);
  expect(meant('leader-kill')).toEqual(['kill leader']);
  expect(meant('fixed-io-hang')).toEqual(['slow-disk n0']);
  expect(meant('minor-suspend')).toEqual(['pause follower']);
  expect(meant('minor-suspend', 5)).toEqual(['pause follower', 'pause other-follower']);
  expect(meant('major-kill')).toEqual(['kill leader', 'kill follower']);
  expect(meant('major-kill', 5)).toEqual(['kill leader', 'kill follower', 'kill other-follower']);
  expect(meant('bridge')).toEqual(['cut n0 n2']);
  expect(meant('bridge', 5)).toEqual(['cut n0 n3', 'cut n0 n4', 'cut n1 n3', 'cut n1 n4']);
  expect(meant('partition-majorities-ring')).toEqual(['cut n0 n1']);
  expect(meant('partition-majorities-ring', 5)?.sort()).toEqual([
    'cut n0 n2',
    'cut n0 n3',
    'cut n1 n3',
    'cut n1 n4',
    'cut n2 n4',
  ]);
  expect(meant('minor-cpu-high')).toBeUndefined();
  expect(meant('ambush')).toBeUndefined();
  expect(meant('nonsense')).toBeUndefined();
  expect(describeFaults()).toMatch(/^ambush +\(in the simulator only\)$/m);
});

test('what a name of OpenChaos means is drawn together, for whom it says', () => {
  const drawn = drawLiveSchedule(new Chance(7, 'x'), { ...limits, kinds: ['major-suspend', 'leader-kill'] });
  const moments = [...new Set(drawn.map(({ atMs }) => atMs))];
  for (const moment of moments) {
    const together = drawn.filter(({ atMs }) => atMs === moment).map(({ kind, target }) => `${kind} ${target}`);
    expect(['pause leader, pause follower', 'kill leader']).toContain(together.join(', '));
  }
  expect(moments.length).toBeGreaterThan(50);
});
