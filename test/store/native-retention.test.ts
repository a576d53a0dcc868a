import { describe, expect, test } from 'vitest';
import type { NativeStoreOptions } from '../../src/store/native-options.ts';
import { type NativeStore, openNativeStore } from '../../src/store/native-store.ts';
import { createVirtualPlatform, type VirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';
import { decode, point, TINY, texts } from './native-support.ts';
import { close, get, message, putNow, ROOT, readQueue, startStore, TestOwner, wait } from './support.ts';

describe('retention', () => {
  const HOUR = 3_600_000;
  const EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour);
  /** Timers that do not slow down a test of many hours. */
  const SLOW: NativeStoreOptions = {
    ...TINY,
    syncIntervalMs: HOUR,
    pointIntervalMs: HOUR,
    retention: { ...TINY.retention, deleteHours: EVERY_HOUR, intervalMs: HOUR },
    store: { ...TINY.store, flushIntervalMs: HOUR },
  };

  function fill(platform: VirtualPlatform, native: NativeStore, topic: string, count: number): void {
    for (let i = 0; i < count; i++)
      putNow(
        platform,
        native.store,
        message(topic, 0, 'x'.repeat(200), { UNIQ_KEY: `at ${native.store.endPosition}` }),
      );
  }

  test('removes whole old files below the point, logs them, and moves the queues along', () => {
    const platform = createVirtualPlatform();
    const native = startStore(platform, { ...SLOW, retention: { ...SLOW.retention, intervalMs: 1e9 } });
    fill(platform, native, 'T', 40);
    platform.world.advance(73 * HOUR);
    fill(platform, native, 'T', 40);
    point(platform, native);
    native.clean();
    platform.world.advance(2000);
    expect(native.store.minPosition).toBeGreaterThan(4096);
    const gone1 = platform.logger.lines.filter((line) => line.message === 'deleted an expired log file');
    expect(gone1).toHaveLength(native.store.minPosition / 4096);
    expect(gone1[0]?.fields).toMatchObject({ start: 0, ageMs: expect.any(Number) });
    const min = native.store.minOffset('T', 0);
    expect(min).toBeGreaterThan(0);
    expect(min).toBeLessThanOrEqual(40);
    expect(get(platform, native.store, 'T', 0, 0)).toMatchObject({ status: 'OFFSET_TOO_SMALL', nextBeginOffset: min });
    expect(readQueue(platform, native.store, 'T', 0)).toHaveLength(80 - min);
    expect(decode(get(platform, native.store, 'T', 0, min).records[0]!).position).toBeGreaterThanOrEqual(
      native.store.minPosition,
    );
    const gone = wait<Buffer[]>(platform, (done) =>
      native.store.queryByKey('T', 'at 0', 10, 0, Number.MAX_SAFE_INTEGER, done),
    );
    expect(gone).toEqual([]);
  });

  test('a store that is closed before it was started keeps its recovery point, before which files are gone', () => {
    const world = new VirtualWorld(1);
    const first = world.start('a');
    const owner = new TestOwner();
    const native = startStore(first, SLOW, owner);
    fill(first, native, 'T', 40);
    owner.state = Buffer.from('state');
    point(first, native);
    first.crash();
    const second = world.start('a');
    const stopped = openNativeStore(second, SLOW, new TestOwner());
    if (typeof stopped === 'string') throw new Error(stopped);
    close(second, stopped);
    second.crash();
    const again = startStore(world.start('a'), SLOW);
    expect(again.ownerState?.toString()).toBe('state');
    expect(again.store.nextOffset('T', 0)).toBe(40);
  });

  test('never goes beyond the recovery point or the owner, even when forced', () => {
    const platform = createVirtualPlatform();
    const owner = new TestOwner();
    // The disk is always too full.
    const retention = { ...SLOW.retention, intervalMs: 1e9, forcedPercent: -1 };
    const native = startStore(platform, { ...SLOW, retention, pointIntervalMs: 1e9 }, owner);
    fill(platform, native, 'T', 20);
    point(platform, native);
    const safe = native.store.dispatchedPosition;
    fill(platform, native, 'T', 60);
    owner.safe = 4096;
    native.clean();
    platform.world.advance(2000);
    expect(native.store.minPosition).toBe(4096);
    owner.safe = undefined;
    for (let i = 0; i < 5; i++) {
      native.clean();
      platform.world.advance(2000);
    }
    expect(native.store.minPosition).toBeLessThanOrEqual(safe);
    expect(native.store.minPosition).toBeGreaterThan(safe - 2 * 4096);
  });

  /** Seven messages of queue 2 of `Idle` are sent, and removed by retention, while younger ones of `T` stay. */
  function outliveIdle(platform: VirtualPlatform, native: NativeStore): void {
    for (let i = 0; i < 7; i++) putNow(platform, native.store, message('Idle', 2, 'once'));
    fill(platform, native, 'T', 30);
    platform.world.advance(73 * HOUR);
    fill(platform, native, 'T', 30);
    platform.world.advance(3 * HOUR);
  }

  test('the offsets of a queue that was idle for longer never restart, even if its consume queue is gone', () => {
    const world = new VirtualWorld(1);
    let platform = world.start('a');
    let native = startStore(platform, SLOW);
    outliveIdle(platform, native);
    expect([native.store.minOffset('Idle', 2), native.store.maxOffset('Idle', 2)]).toEqual([7, 7]);
    for (const wipe of ['', 'consumequeue', 'consumequeue/Idle', 'index']) {
      close(platform, native);
      platform.crash();
      platform = world.start('a');
      if (wipe !== '') platform.disk.removeTree(`${ROOT}/${wipe}`);
      native = startStore(platform, SLOW);
      expect([native.store.minOffset('Idle', 2), native.store.maxOffset('Idle', 2)], wipe).toEqual([7, 7]);
      expect(readQueue(platform, native.store, 'T', 0).length, wipe).toBeGreaterThan(20);
    }
    const next = message('Idle', 2, 'again');
    putNow(platform, native.store, next);
    expect(next.queueOffset).toBe(7);
    expect(texts(readQueue(platform, native.store, 'Idle', 2))).toEqual(['again']);
  });

  test('nor do they where a killed RocketMQ left the directory and the first start is killed before its recovery point', () => {
    const world = new VirtualWorld(1);
    let platform = world.start('a');
    let native = startStore(platform, SLOW);
    outliveIdle(platform, native);
    close(platform, native);
    platform.crash();
    platform = world.start('a');
    platform.disk.remove(`${ROOT}/ledgermq.point`);
    platform.disk.replaceFile(`${ROOT}/abort`, Buffer.alloc(0));
    for (let start = 0; start < 3; start++) {
      native = startStore(platform, SLOW);
      expect([native.store.minOffset('Idle', 2), native.store.maxOffset('Idle', 2)]).toEqual([7, 7]);
      expect(native.store.maxOffset('T', 0)).toBe(60);
      platform.crash({ machine: true, unsynced: 'lost' });
      platform = world.start('a');
    }
    native = startStore(platform, SLOW);
    point(platform, native);
    expect(platform.disk.exists(`${ROOT}/ledgermq.offsets`)).toBe(false);
    expect(native.store.maxOffset('Idle', 2)).toBe(7);
  });

  /** Two queues that are idle: the files of `A` are damaged, and listed before those of `Idle`. There is no recovery point, as where RocketMQ wrote the directory. */
  function idleBehindDamage(damage: (platform: VirtualPlatform) => void): VirtualPlatform {
    const world = new VirtualWorld(1);
    let platform = world.start('a');
    const native = startStore(platform, SLOW);
    for (let i = 0; i < 5; i++) putNow(platform, native.store, message('A', 0, 'once'));
    outliveIdle(platform, native);
    close(platform, native);
    platform.crash();
    platform = world.start('a');
    platform.disk.remove(`${ROOT}/ledgermq.point`);
    damage(platform);
    return platform;
  }

  const [A, FIRST] = [`${ROOT}/consumequeue/A/0`, '0'.repeat(20)];
  const foreign = ({ disk }: VirtualPlatform): void => disk.replaceFile(`${A}/${'0'.repeat(17)}100`, Buffer.alloc(200));
  const tooLong = ({ disk }: VirtualPlatform): void => {
    const bytes = Buffer.concat([disk.readFile(`${A}/${FIRST}`)!, Buffer.alloc(200)]);
    disk.replaceFile(`${A}/${FIRST}`, bytes);
  };

  test.for([
    ['a file that does not follow', foreign, true],
    ['a file that does not follow, after a kill', foreign, false],
    ['a file of another size', tooLong, true],
  ] as const)('nor do they where the files of a queue before them cannot be used: %s', ([, damage, wasClosed]) => {
    const platform = idleBehindDamage(damage);
    if (!wasClosed) platform.disk.replaceFile(`${ROOT}/abort`, Buffer.alloc(0));
    const { store } = startStore(platform, SLOW);
    expect([store.minOffset('Idle', 2), store.maxOffset('Idle', 2)]).toEqual([7, 7]);
    expect([store.minOffset('A', 0), store.maxOffset('A', 0)]).toEqual([5, 5]);
    expect(store.maxOffset('T', 0)).toBe(60);
    expect(
      platform.logger.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['problem']),
    ).toContainEqual(expect.stringContaining(A));
  });

  test('nor do they where a disk does not read a queue: the start is refused, and the next one is whole', () => {
    const platform = idleBehindDamage(({ disk }) => disk.image.fail({ operation: 'read', code: 'EIO', path: A }));
    expect(() => startStore(platform, SLOW)).toThrow(
      /the consume queue .*\/A\/0 cannot be read: EIO.* remove this folder/,
    );
    platform.crash();
    const { store } = startStore(platform.world.start('a'), SLOW);
    expect([store.maxOffset('A', 0), store.maxOffset('Idle', 2)]).toEqual([5, 7]);
  });
});
