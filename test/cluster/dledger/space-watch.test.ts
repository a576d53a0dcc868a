import { expect, test } from 'vitest';
import { SpaceWatch } from '../../../cluster/dledger/space-watch.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';

const MIB = 2 ** 20;
const LOOK_MS = 1_000;

/** A watch whose disk had 20 MiB of room at its first look; `log` is where the log ends. */
function watched() {
  const world = new VirtualWorld();
  const platform = world.start('n0');
  const disk = world.disk('n0');
  platform.disk.makeDirectory('/store');
  disk.capacityBytes = disk.allocatedBytes + 20 * MIB;
  const log = { end: 500 * MIB };
  const watch = new SpaceWatch(platform.disk, '/store', platform.timers, 100, () => log.end);
  watch.start();
  return { world, disk, log, watch };
}

test('what was appended since the last look counts, so that 16 MiB stay free under load (raft/SAFETY.md 5)', () => {
  const { log, watch } = watched();
  log.end += 4 * MIB;
  expect(watch.problem).toBeUndefined();
  log.end += 1;
  expect(watch.problem).toBe(
    'the disk of /store is full (15 MiB free); nothing was appended, free space or lower fileReservedTime',
  );
  // A cut of the log gives the room back.
  log.end -= MIB;
  expect(watch.problem).toBeUndefined();
});

test('what a look has seen counts once', () => {
  const { world, disk, log, watch } = watched();
  log.end += 4 * MIB;
  disk.capacityBytes -= 4 * MIB;
  world.advance(LOOK_MS);
  expect(watch.problem).toBeUndefined();
  disk.capacityBytes -= 1;
  expect(watch.problem).toBeUndefined();
  world.advance(LOOK_MS);
  expect(watch.problem).toContain('(15 MiB free)');
  disk.capacityBytes += 1;
  world.advance(LOOK_MS);
  expect(watch.problem).toBeUndefined();
  watch.stop();
});
