import { expect, it } from 'vitest';
import { LogScrub } from '../../../cluster/dledger/log-scrub.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';
import { openLog, persist, propose } from '../raft-storage/log-fixture.ts';

const FILE_BYTES = 1024;

/** A scrub of a log of 25 small files that is read for so many milliseconds. */
async function scrubbed(bytesPerSecond: number, ms: number) {
  const platform = createVirtualPlatform();
  const { log } = openLog(platform, { tailBytes: 2 * FILE_BYTES, chunkBytes: 512 });
  while (log.segments.endPosition < 25 * FILE_BYTES) {
    propose(log, 1, 150, 1);
    persist(platform, log);
  }
  const { clock, timers, logger } = platform;
  const damaged: number[] = [];
  const scrub = new LogScrub({
    log,
    clock,
    timers,
    logger,
    bytesPerSecond,
    intervalMs: 60_000,
    limit: () => log.segments.endPosition,
    onDamage: (position) => damaged.push(position),
  });
  scrub.start();
  await platform.world.run(ms);
  scrub.stop();
  return { ...scrub.status, damaged };
}

it('reads as many bytes a second as it may, in however many files they are', async () => {
  expect(await scrubbed(20 * FILE_BYTES, 2_000)).toMatchObject({ passes: 1, found: 0, damaged: [] });
});

it('reads no more than that', async () => {
  const { passes, position } = await scrubbed(4 * FILE_BYTES, 3_000);
  expect(passes).toBe(0);
  expect(position).toBeGreaterThan(10 * FILE_BYTES);
  expect(position).toBeLessThanOrEqual(13 * FILE_BYTES);
});
