import { expect, test } from 'vitest';
import type { Schedule } from '../../../jepsen-lite/fault/schedule.ts';
import { shrink } from '../../../jepsen-lite/sim/shrink.ts';

const schedule: Schedule = Array.from({ length: 40 }, (_, atMs) => ({
  kind: 'kill',
  atMs,
  target: 'leader',
  forMs: 1,
}));

test('what does not matter is left out', async () => {
  const fails = async (part: Schedule) => [7, 31].every((time) => part.some(({ atMs }) => atMs === time));
  const shrunk = await shrink(schedule, fails, 200, 39);
  expect(shrunk.schedule.map(({ atMs }) => atMs)).toEqual([7, 31]);
  expect(shrunk.isSmallest).toBe(true);
});

test('it ends after so many attempts, with something that fails', async () => {
  let runs = 0;
  const fails = async (part: Schedule) => {
    runs++;
    return part.some(({ atMs }) => atMs === 20);
  };
  const smallest = await shrink(schedule, fails, 5, 39);
  expect(runs).toBe(5);
  expect(smallest.schedule.some(({ atMs }) => atMs === 20)).toBe(true);
  expect(smallest.isSmallest).toBe(false);
});

test('faults after the failure go first, in one attempt', async () => {
  const lengths: number[] = [];
  const fails = async (part: Schedule) => {
    lengths.push(part.length);
    return part.some(({ atMs }) => atMs === 3);
  };
  const shrunk = await shrink(schedule, fails, 200, 4);
  expect(lengths[0]).toBe(5);
  expect(Math.max(...lengths.slice(1))).toBeLessThan(5);
  expect(shrunk.schedule.map(({ atMs }) => atMs)).toEqual([3]);
});
