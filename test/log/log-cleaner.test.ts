import { expect, test } from 'vitest';
import { LogCleaner, type RetentionSettings } from '../../src/log/log-cleaner.ts';
import { VirtualWorld } from '../support/virtual-platform.ts';
import { appendUnit, openLog, persist } from './test-envelope.ts';

const HOUR_MS = 3_600_000;

const settings: RetentionSettings = {
  deleteHours: [4, 16],
  reservedMs: 72 * HOUR_MS,
  intervalMs: 10_000,
  pauseMs: 100,
  maxFiles: 3,
  expiredPercent: 75,
  forcedPercent: 85,
};

/** A log of eight files whose last records are `ageHours` old at the start, which is midnight. */
function world(ageHours: number, change: Partial<RetentionSettings> = {}, safePosition = 1 << 20, keepFrom = 1 << 20) {
  const virtual = new VirtualWorld(1);
  const platform = virtual.start('a');
  const log = openLog(platform);
  log.start(0);
  for (let i = 0; i < 8; i++) appendUnit(log, 1000, i);
  persist(platform, log);
  const stored = platform.clock.nowMs() - ageHours * HOUR_MS;
  let removals = 0;
  const cleaner = new LogCleaner({
    platform,
    settings: { ...settings, ...change },
    segments: log,
    remover: log,
    safePosition: () => safePosition,
    keepFrom: () => keepFrom,
    lastTimestamp: () => stored,
    removed: () => removals++,
  });
  cleaner.start();
  const image = virtual.disk('a');
  /** Takes space away until so much of the disk is used. */
  const use = (percent: number) => {
    image.capacityBytes = (image.allocatedBytes * 100) / percent;
  };
  return { virtual, platform, log, cleaner, use, files: () => log.files.segments.length, removals: () => removals };
}

test('expired files go in the hours of deleteWhen only, so many per look, with a pause between', () => {
  const { virtual, platform, files } = world(100);
  expect(platform.clock.localHour()).toBe(0);
  virtual.advance(4 * HOUR_MS - 5_000);
  expect(files()).toBe(8);
  virtual.advance(5_050);
  expect(files()).toBe(7);
  virtual.advance(100);
  expect(files()).toBe(6);
  virtual.advance(5_000);
  expect(files()).toBe(5);
  virtual.advance(HOUR_MS);
  expect(files()).toBe(1);
});

test('files that are not expired stay in every hour', () => {
  const { virtual, files } = world(10);
  virtual.advance(20 * HOUR_MS);
  expect(files()).toBe(8);
});

test('above diskMaxUsedSpaceRatio expired files go at any hour until it is enough, young ones do not', () => {
  for (const [ageHours, left] of [
    [100, 7],
    [10, 8],
  ] as const) {
    const { virtual, use, files } = world(ageHours);
    use(80);
    virtual.advance(11_000);
    expect(files(), String(ageHours)).toBe(left);
  }
});

test('above diskSpaceCleanForciblyRatio the oldest go although they are young, no more than it takes, each logged with its age', () => {
  const { virtual, platform, use, files, removals } = world(10);
  use(86);
  virtual.advance(60_000);
  expect(files()).toBe(7);
  expect(removals()).toBe(1);
  const deleted = platform.logger.lines.filter(({ message }) =>
    message.startsWith('deleted a log file before its time'),
  );
  expect(deleted.map(({ fields }) => fields?.['start'])).toEqual([0]);
  expect(deleted[0]?.fields?.['ageMs']).toBeGreaterThanOrEqual(10 * HOUR_MS);
});

test('without cleanFileForciblyEnable nothing young goes, however full the disk is', () => {
  const { virtual, use, files } = world(10, { forcedPercent: undefined });
  use(99);
  virtual.advance(60_000);
  expect(files()).toBe(8);
});

test('nothing at or above the safe position goes, expired or forced', () => {
  for (const ageHours of [10, 100]) {
    const { virtual, use, files } = world(ageHours, { expiredPercent: 10, forcedPercent: 10 }, 2048);
    use(99);
    virtual.advance(60_000);
    expect(files()).toBe(6);
  }
});

test('a stopped cleaner removes nothing more, in the middle of a look or asked for one', () => {
  const { virtual, cleaner, files } = world(100, { deleteHours: [0] });
  virtual.advance(10_010);
  expect(files()).toBe(7);
  cleaner.stop();
  virtual.advance(60_000);
  cleaner.run();
  virtual.advance(60_000);
  expect(files()).toBe(7);
});

test('what somebody still reads stays, unless the disk is too full', () => {
  const { virtual, use, files } = world(100, { deleteHours: [0] }, 1 << 20, 2048);
  virtual.advance(60_000);
  expect(files()).toBe(6);
  use(90);
  virtual.advance(60_000);
  expect(files()).toBeLessThan(6);
});
