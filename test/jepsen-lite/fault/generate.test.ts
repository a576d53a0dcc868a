import { expect, test } from 'vitest';
import { faultKinds } from '../../../jepsen-lite/fault/fault-kinds.ts';
import { generateSchedule } from '../../../jepsen-lite/fault/generate.ts';
import { Chance } from '../../../jepsen-lite/sim/chance.ts';

const limits = { kinds: faultKinds, startMs: 3_000, endMs: 55_000 };
const schedules = Array.from({ length: 100 }, (_, seed) => generateSchedule(new Chance(seed, 'faults'), limits));

test('a schedule is data: the same from the same seed, and through JSON', () => {
  expect(generateSchedule(new Chance(5, 'faults'), limits)).toEqual(schedules[5]);
  expect(JSON.parse(JSON.stringify(schedules))).toEqual(schedules);
});

test('faults come by time, and are over at the end', () => {
  for (const schedule of schedules) {
    const times = schedule.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const { atMs, forMs } of schedule) {
      expect(atMs).toBeGreaterThanOrEqual(limits.startMs);
      expect(atMs + forMs).toBeLessThanOrEqual(limits.endMs);
    }
  }
});

test('a hundred seeds draw every kind', () => {
  const drawn = new Set(schedules.flat().map(({ kind }) => kind));
  expect(
    faultKinds
      .filter(({ weight }) => weight > 0)
      .map(({ name }) => name)
      .filter((name) => !drawn.has(name)),
  ).toEqual([]);
});
