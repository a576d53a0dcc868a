import { expect, it } from 'vitest';
import { lastUnitBefore } from '../../src/log/last-unit.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';
import { appendUnit, openLog, persist, testEnvelope } from './test-envelope.ts';

function filled(...sizes: number[]) {
  const platform = createVirtualPlatform();
  const log = openLog(platform);
  log.start(0);
  for (const [at, size] of sizes.entries()) appendUnit(log, size, at + 1);
  persist(platform, log, true);
  return { platform, log };
}

it('finds the unit that ends at a place, and the last one before the blank of a full file', () => {
  // 300 + 400 fill the first file up to 700; 500 does not fit and begins the second.
  const { log } = filled(300, 400, 500, 60);
  const at = (end: number) => lastUnitBefore(log, testEnvelope, end)?.position;
  expect([at(300), at(700), at(1024), at(1524), at(1584)]).toEqual([0, 300, 300, 1024, 1524]);
});

it('finds none where no unit ends', () => {
  const { log } = filled(300, 400);
  for (const end of [0, 1, 299, 301, 699, 701, 1023])
    expect(lastUnitBefore(log, testEnvelope, end), String(end)).toBeUndefined();
});

it('finds none behind damage', () => {
  const { platform, log } = filled(300, 400);
  platform.world.disk('local').rot('/log/00000000000000000000', 500);
  expect(lastUnitBefore(log, testEnvelope, 700)).toBeUndefined();
  expect(lastUnitBefore(log, testEnvelope, 300)?.position).toBe(0);
});
