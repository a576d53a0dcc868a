import { expect, test } from 'vitest';
import { BrokerStats, HOUR_MS, MINUTE_MS, SAMPLE_PERIOD_MS } from '../../../src/broker/stats/broker-stats.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

test('sums and rates of the last minute and hour follow what is counted', () => {
  const platform = createVirtualPlatform();
  const stats = new BrokerStats(platform.clock);
  platform.timers.every(SAMPLE_PERIOD_MS, () => stats.sample());
  platform.timers.every(1_000, () => stats.add('TOPIC_PUT_SIZE', 'T', 100, 2));
  platform.world.advance(10 * MINUTE_MS);
  const minute = stats.window('TOPIC_PUT_SIZE', 'T', MINUTE_MS);
  expect(minute?.tps).toBeCloseTo(100, -1);
  expect(minute?.sum).toBeGreaterThanOrEqual(6_000);
  expect(minute?.sum).toBeLessThanOrEqual(7_000);
  expect(minute?.avgpt).toBe(50);
  expect(stats.window('TOPIC_PUT_SIZE', 'T', HOUR_MS)?.sum).toBeGreaterThan(55_000);
  expect(stats.total('TOPIC_PUT_SIZE', 'T')).toBe(60_000);
  expect(stats.window('TOPIC_PUT_SIZE', 'U', MINUTE_MS)).toBeUndefined();
});

test('names that clients invent do not fill the memory', () => {
  const stats = new BrokerStats(createVirtualPlatform().clock);
  for (let i = 0; i < 20_000; i++) stats.add('TOPIC_PUT_NUMS', `T${i}`, 1);
  expect(stats.totals('TOPIC_PUT_NUMS')).toHaveLength(10_000);
});
