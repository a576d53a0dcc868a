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
  expect((await shrink(schedule, fails, 200)).map(({ atMs }) => atMs)).toEqual([7, 31]);
});

test('it ends after so many attempts, with something that fails', async () => {
  let runs = 0;
  const fails = async (part: Schedule) => {
    runs++;
    return part.some(({ atMs }) => atMs === 20);
  };
  const smallest = await shrink(schedule, fails, 5);
  expect(runs).toBe(5);
  expect(smallest.some(({ atMs }) => atMs === 20)).toBe(true);
});
