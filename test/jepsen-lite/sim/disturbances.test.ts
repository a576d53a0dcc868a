import { expect, test } from 'vitest';
import { Disturbances } from '../../../jepsen-lite/sim/disturbances.ts';

const limits = { serveMs: 3_000, serveLateMs: 5_000 };
const fault = (kind: string, forMs: number, amount = 0) =>
  ({ kind, atMs: 0, target: 'leader', forMs, amount }) as const;

/** Begin, end and limit of each stretch, ms. */
const bandsOf = (disturbances: Disturbances, nowMs: number) =>
  disturbances
    .bands(nowMs)
    .map(({ startNs, endNs, healsWithinNs = 0 }) => [startNs / 1e6, endNs / 1e6, healsWithinNs / 1e6]);

test('a run begins with a stretch of its own, and faults that leave time enough between them are judged one by one', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('kill', 1_000), 5_000);
  disturbances.fault(fault('kill', 1_000), 9_000);
  disturbances.fault(fault('isolate', 500), 20_000);
  expect(bandsOf(disturbances, 60_000)).toEqual([
    [0, 0, 3_000],
    [5_000, 6_000, 3_000],
    [9_000, 10_000, 3_000],
    [20_000, 20_500, 3_000],
  ]);
});

test('faults that leave the cluster no time are one, with the longest limit and the latest end', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('kill', 8_000), 5_000);
  disturbances.fault(fault('blackout', 1_000), 7_000);
  disturbances.fault(fault('kill', 100), 17_000);
  expect(bandsOf(disturbances, 60_000)).toEqual([
    [0, 0, 3_000],
    [5_000, 17_100, 5_000],
  ]);
});

test('a slow disk has still old writes before it when it is fast again', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('slow-disk', 1_000, 4_000), 5_000);
  expect(bandsOf(disturbances, 60_000).at(-1)).toEqual([5_000, 10_000, 5_000]);
});

test('a process that is down disturbs until another one opened its files, or until now', () => {
  const disturbances = new Disturbances(limits);
  disturbances.note(0, 'n0', 'opened');
  disturbances.note(4_000_000, 'n0', 'gone');
  disturbances.note(30_000_000, 'n0', 'opened');
  disturbances.note(40_000_000, 'n1', 'gone');
  expect(bandsOf(disturbances, 60_000)).toEqual([
    [0, 0, 3_000],
    [4_000, 30_000, 3_000],
    [40_000, 60_000, 3_000],
  ]);
});

test('what was there before the group is no part of it', () => {
  const disturbances = new Disturbances(limits, 9_000);
  disturbances.fault(fault('kill', 1_000), 15_000);
  expect(bandsOf(disturbances, 60_000)).toEqual([
    [9_000, 9_000, 3_000],
    [15_000, 16_000, 3_000],
  ]);
});

/** Names and beginnings of the faults from whose beginning on the cluster has to go on, and its time, ms. */
const failoversOf = (disturbances: Disturbances, endMs = 60_000) =>
  disturbances.failovers(1, endMs).map(({ name, startNs, withinNs }) => [name, startNs / 1e6, withinNs / 1e6]);
const on = (...names: string[]) => new Set(names);

test('a fault that leaves a majority whole is judged from its beginning on, however long it lasts', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('isolate', 20_000), 5_000, on('n0'));
  expect(failoversOf(disturbances)).toEqual([['isolate', 5_000, 3_000]]);
});

test('what hits the same server meanwhile takes nothing more away, and another server does', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('isolate', 20_000), 5_000, on('n0'));
  disturbances.fault(fault('kill', 500), 6_000, on('n0'));
  disturbances.fault(fault('kill', 500), 30_000, on('n0'));
  disturbances.fault(fault('pause', 500), 32_900, on('n1'));
  expect(failoversOf(disturbances)).toEqual([
    ['isolate', 5_000, 3_000],
    ['kill', 6_000, 3_000],
    ['pause', 32_900, 3_000],
  ]);
});

test('nobody is to go on where two were hit shortly before, where nobody knows who was, or who is down meanwhile', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('isolate', 1_000), 5_000, on('n0'));
  disturbances.fault(fault('isolate', 1_000), 6_500, on('n1'));
  disturbances.fault(fault('transfer', 100), 20_000);
  disturbances.fault(fault('kill', 100), 20_500, on('n0'));
  disturbances.note(30_000_000, 'n2', 'gone');
  disturbances.note(40_000_000, 'n2', 'opened');
  disturbances.fault(fault('kill', 100), 35_000, on('n0'));
  expect(failoversOf(disturbances)).toEqual([]);
});

test('a slow disk takes longer, also that of whom another fault hits', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('slow-disk', 1_000, 500), 5_000, on('n0'));
  disturbances.fault(fault('kill', 1_000), 8_000, on('n0'));
  expect(failoversOf(disturbances)).toEqual([
    ['slow-disk', 5_000, 5_000],
    ['kill', 8_000, 3_000],
  ]);
});

test('without load for long enough nothing can be told', () => {
  const disturbances = new Disturbances(limits);
  disturbances.fault(fault('kill', 1_000), 5_000, on('n0'));
  expect(failoversOf(disturbances, 7_900)).toEqual([]);
});

test('links that let through less than clients send are no failover', () => {
  for (const [amount, count] of [
    [100, 1],
    [400, 0],
  ] as const) {
    const disturbances = new Disturbances(limits);
    disturbances.fault(fault('slow-link', 8_000, amount), 5_000, new Set(['n0']));
    expect(failoversOf(disturbances)).toHaveLength(count);
    expect(bandsOf(disturbances, 60_000).at(-1)).toEqual([5_000, 13_000, 3_000]);
  }
});
