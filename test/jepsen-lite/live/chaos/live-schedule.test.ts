import { expect, test } from 'vitest';
import { faultKinds } from '../../../../jepsen-lite/fault/fault-kinds.ts';
import { describeFaults, kindNamed, liveFaults } from '../../../../jepsen-lite/live/chaos/live-faults.ts';
import { drawLiveSchedule } from '../../../../jepsen-lite/live/chaos/live-schedule.ts';
import { Chance } from '../../../../jepsen-lite/sim/chance.ts';

const kinds = liveFaults.map(({ name }) => name);
const limits = { kinds, startMs: 3_000, endMs: 300_000 };

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
  for (const seed of [1, 2, 3, 4, 5]) {
    const drawn = drawLiveSchedule(new Chance(seed, 'x'), { ...limits, endMs: 600_000 });
    expect(drawn.length).toBeGreaterThan(100);
    const calm = drawn.filter(({ atMs }, at) => {
      const overMs = Math.max(0, ...drawn.slice(0, at).map((before) => before.atMs + before.forMs));
      return at > 0 && atMs >= overMs + 9_000;
    });
    expect(calm.length).toBeGreaterThan(10);
  }
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

test('the names of OpenChaos mean kinds of ours', () => {
  expect(kindNamed('kill')).toBe('kill');
  expect(kindNamed('leader-kill')).toBe('kill');
  expect(kindNamed('major-kill')).toBe('blackout');
  expect(kindNamed('random-suspend')).toBe('pause');
  expect(kindNamed('fixed-io-hang')).toBe('slow-disk');
  expect(kindNamed('bridge')).toBe('cut');
  expect(kindNamed('minor-cpu-high')).toBeUndefined();
  expect(kindNamed('ambush')).toBeUndefined();
  expect(kindNamed('nonsense')).toBeUndefined();
  expect(describeFaults()).toMatch(/^ambush +\(in the simulator only\)$/m);
});
