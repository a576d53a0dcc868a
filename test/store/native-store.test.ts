import { describe, expect, test } from 'vitest';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import { openNativeStore } from '../../src/store/native-store.ts';
import { createVirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';
import { decode, point, refusalOf, TINY, texts } from './native-support.ts';
import {
  close,
  get,
  message,
  putNow,
  ROOT,
  readQueue,
  SMALL,
  startStore,
  TestOwner,
  Waiting,
  wait,
} from './support.ts';

describe('a native store', () => {
  test('blanks at file ends, reads across files, survives a clean close and a kill', () => {
    const world = new VirtualWorld(1);
    let platform = world.start('a');
    let native = startStore(platform, TINY);
    const expected: string[] = [];
    for (let i = 0; i < 100; i++) {
      expected.push(`${i} ${'x'.repeat(i * 3)}`);
      putNow(platform, native.store, message('T', 0, expected[i]!, { UNIQ_KEY: `u${i}`, KEYS: `k${i % 5}` }));
      if (i === 40) close(platform, native);
      if (i === 70) point(platform, native);
      if (i === 40 || i === 80) {
        platform.crash();
        platform = world.start('a');
        native = startStore(platform, TINY);
      }
    }
    expect(texts(readQueue(platform, native.store, 'T', 0))).toEqual(expected);
    const first = platform.disk.readFile(`${ROOT}/commitlog/${'0'.repeat(20)}`)!;
    expect(first.length).toBe(4096);
    expect(platform.disk.list(`${ROOT}/commitlog`).length).toBeGreaterThan(4);
    const found = wait<Buffer[]>(platform, (done) =>
      native.store.queryByKey('T', 'k3', 100, 0, Number.MAX_SAFE_INTEGER, done),
    );
    expect(texts(found)).toEqual(expected.filter((_, i) => i % 5 === 3).reverse());
  });

  test('a second process on the directory is refused', () => {
    const platform = createVirtualPlatform();
    startStore(platform, TINY);
    expect(refusalOf(platform)).toContain('in use by another process');
  });

  test('the abort mark stands while it runs and goes with a clean close', () => {
    const platform = createVirtualPlatform();
    const native = startStore(platform, TINY);
    expect(platform.disk.exists(`${ROOT}/abort`)).toBe(true);
    putNow(platform, native.store, message('T', 0, 'a'));
    close(platform, native);
    expect(platform.disk.exists(`${ROOT}/abort`)).toBe(false);
    expect(native.store.put(message('T', 0, 'b'), new Waiting())?.status).toBe('shutting-down');
    expect(platform.disk.readFile(`${ROOT}/checkpoint`)).toHaveLength(4096);
  });

  test('a close waits for what is pending, and answers it', () => {
    const platform = createVirtualPlatform();
    const native = startStore(platform, TINY);
    const waiting = new Waiting();
    native.store.put(message('T', 0, 'a'), waiting);
    close(platform, native);
    expect(waiting.outcome).toBe('stored');
    expect(texts(readQueue(platform, startStore(platform, TINY).store, 'T', 0))).toEqual(['a']);
  });

  test('messages of one turn become one write', () => {
    const platform = createVirtualPlatform();
    const native = startStore(platform, SMALL);
    platform.world.advance(10);
    const before = platform.world.disk('local').writeCount;
    const all = Array.from({ length: 20 }, (_, i) => {
      const waiting = new Waiting();
      native.store.put(message('T', 0, `${i}`), waiting);
      return waiting;
    });
    platform.world.runUntil(() => all.every((waiting) => waiting.outcome === 'stored'));
    expect(platform.world.disk('local').writeCount - before).toBe(1);
  });

  test('SYNC_FLUSH confirms only what a machine crash leaves', () => {
    const world = new VirtualWorld(5);
    const platform = world.start('a');
    const native = startStore(platform, { ...TINY, syncFlush: true });
    for (let i = 0; i < 30; i++) putNow(platform, native.store, message('T', 0, `${i}`));
    const pending = new Waiting();
    native.store.put(message('T', 0, 'pending'), pending);
    platform.crash({ machine: true, unsynced: 'lost' });
    const again = world.start('a');
    const store = startStore(again, TINY).store;
    expect(texts(readQueue(again, store, 'T', 0))).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`));
  });

  test('a full disk refuses with a word, and takes messages again when there is room', () => {
    const platform = createVirtualPlatform();
    const native = startStore(platform, TINY);
    putNow(platform, native.store, message('T', 0, 'a'));
    const image = platform.world.disk('local');
    image.capacityBytes = image.allocatedBytes;
    const waiting = new Waiting();
    native.store.put(message('T', 0, Buffer.alloc(3000)), new Waiting());
    expect(native.store.put(message('T', 0, Buffer.alloc(3000)), waiting)).toBeUndefined();
    platform.world.advance(1500);
    expect(waiting.outcome).toBeUndefined();
    expect(native.store.put(message('T', 0, 'c'), new Waiting())?.status).toBe('disk-full');
    expect(get(platform, native.store, 'T', 0, 0).status).toBe('FOUND');
    image.capacityBytes = Number.POSITIVE_INFINITY;
    platform.world.advance(1500);
    expect(waiting.outcome).toBe('stored');
    putNow(platform, native.store, message('T', 0, 'd'));
    expect(native.store.maxOffset('T', 0)).toBe(4);
  });

  test('a failed fsync stops the owner, and nothing is acknowledged afterwards', () => {
    const platform = createVirtualPlatform();
    const owner = new TestOwner();
    const native = startStore(platform, { ...TINY, syncFlush: true }, owner);
    platform.world.disk('local').fail({ operation: 'sync', code: 'EIO', path: 'commitlog' });
    const waiting = new Waiting();
    native.store.put(message('T', 0, 'a'), waiting);
    platform.world.advance(2000);
    expect(owner.fatals.map((error) => error.code)).toEqual(['EIO']);
    expect(waiting.outcome).toBeUndefined();
    expect(native.store.put(message('T', 0, 'b'), new Waiting())?.status).toBe('shutting-down');
  });
});

describe('the recovery point', () => {
  test('carries the state of the owner; internal records behind it are applied again, those before it not', () => {
    const world = new VirtualWorld(1);
    const platform = world.start('a');
    const owner = new TestOwner();
    const native = startStore(platform, TINY, owner);
    putNow(platform, native.store, message(INTERNAL_TOPIC, 0, 'one'));
    owner.state = Buffer.from('state with one');
    point(platform, native);
    putNow(platform, native.store, message(INTERNAL_TOPIC, 0, 'two'));
    platform.crash();
    const again = openNativeStore(world.start('a'), TINY, owner);
    if (typeof again === 'string') throw new Error(again);
    expect(again.ownerState?.toString()).toBe('state with one');
    const applied: string[] = [];
    again.store.setInternalRecordHandler({ applyInternal: (record) => applied.push(decode(record).body.toString()) });
    again.start();
    expect(applied).toEqual(['two']);
  });

  test('forgets a removed topic within seconds: a kill does not bring it back', () => {
    const world = new VirtualWorld(1);
    const platform = world.start('a');
    const native = startStore(platform, TINY);
    putNow(platform, native.store, message('T', 0, 'a'));
    putNow(platform, native.store, message('U', 0, 'b'));
    point(platform, native);
    native.store.topicRemovalAppended('T');
    native.store.removeTopic('T');
    world.advance(1500);
    platform.crash();
    const again = world.start('a');
    const { store } = startStore(again, TINY);
    expect([store.topics(), store.nextOffset('T', 0)]).toEqual([['U'], 0]);
    expect(again.logger.lines.map((line) => line.message)).not.toContainEqual(
      expect.stringContaining('building the consume queues anew'),
    );
  });

  test('is never ahead of the log on the disk: a power loss right after it leaves both', () => {
    const world = new VirtualWorld(1);
    const platform = world.start('a');
    const native = startStore(platform, { ...TINY, syncIntervalMs: 1e9 });
    for (let i = 0; i < 30; i++) putNow(platform, native.store, message('T', 0, `${i}`, { UNIQ_KEY: `u${i}` }));
    point(platform, native);
    putNow(platform, native.store, message('T', 0, 'in the page cache only'));
    platform.crash({ machine: true, unsynced: 'lost' });
    const again = world.start('a');
    const { store } = startStore(again, TINY);
    expect(texts(readQueue(again, store, 'T', 0))).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`));
  });

  test('a failed fsync of a derived file stops the owner, and no later point is made as if nothing had happened', () => {
    for (const path of ['consumequeue', 'index']) {
      const platform = createVirtualPlatform();
      const owner = new TestOwner();
      const native = startStore(platform, TINY, owner);
      putNow(platform, native.store, message('T', 0, 'a', { KEYS: 'k' }));
      platform.world.disk('local').fail({ operation: 'sync', code: 'ENOSPC', path });
      const makePoint = () => wait<{ code: string } | undefined>(platform, (done) => native.makePoint(done));
      expect(makePoint()?.code, path).toBe('EIO');
      expect(makePoint()?.code, path).toBe('EIO');
      expect(owner.fatals.length).toBeGreaterThan(0);
    }
  });

  test('a point that cannot be read stops the start with a sentence', () => {
    const world = new VirtualWorld(1);
    const platform = world.start('a');
    const native = startStore(platform, TINY);
    putNow(platform, native.store, message('T', 0, 'a'));
    point(platform, native);
    platform.crash();
    const again = world.start('a');
    const bytes = again.disk.readFile(`${ROOT}/ledgermq.point`)!;
    bytes[30]! ^= 1;
    again.disk.replaceFile(`${ROOT}/ledgermq.point`, bytes);
    expect(refusalOf(again)).toContain('its checksum is wrong');
  });

  test('rot below it is refused with place and remedy, and cut only by order', () => {
    const world = new VirtualWorld(1);
    let platform = world.start('a');
    const native = startStore(platform, TINY);
    for (let i = 0; i < 5; i++) putNow(platform, native.store, message('T', 0, `${i}`));
    point(platform, native);
    const rotAt = native.store.endPosition;
    for (let i = 5; i < 8; i++) putNow(platform, native.store, message('T', 0, `${i}`));
    platform.crash();
    platform = world.start('a');
    const file = platform.disk.open(`${ROOT}/commitlog/${'0'.repeat(20)}`, { create: false });
    file.writeSync(Buffer.from([0x77]), rotAt + 88);
    const sentence = refusalOf(platform);
    expect(sentence).toContain(`position ${rotAt}`);
    expect(sentence).toContain('--cut-at');
    expect(refusalOf(platform, { ...TINY, cutAt: rotAt - 1 })).toBe(sentence);
    const { store } = startStore(platform, { ...TINY, cutAt: rotAt });
    expect(texts(readQueue(platform, store, 'T', 0))).toEqual(['0', '1', '2', '3', '4']);
  });

  test('log files that a point needs and that are gone stop the start', () => {
    const world = new VirtualWorld(1);
    let platform = world.start('a');
    const native = startStore(platform, TINY);
    for (let i = 0; i < 60; i++) putNow(platform, native.store, message('T', 0, 'x'.repeat(100)));
    point(platform, native);
    platform.crash();
    platform = world.start('a');
    for (const name of platform.disk.list(`${ROOT}/commitlog`).slice(1))
      platform.disk.remove(`${ROOT}/commitlog/${name}`);
    expect(refusalOf(platform)).toContain('files of it are missing');
  });
});
