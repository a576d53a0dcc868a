import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileHandles } from '../../src/store/file-handles.ts';
import { keyHash, keyHashOfBytes, topicHash } from '../../src/store/index-format.ts';
import { MessageIndex } from '../../src/store/message-index.ts';
import { timeName } from '../../src/store/time-name.ts';
import { createVirtualPlatform, type VirtualPlatform } from '../support/virtual-platform.ts';

const DIRECTORY = '/store/index';
const T0 = 1_795_335_169_526;

function openIndex(
  platform: VirtualPlatform,
  limit = Number.MAX_SAFE_INTEGER,
  slotCount = 7,
  entryCount = 20,
): MessageIndex {
  const { disk, clock, logger } = platform;
  const index = new MessageIndex({
    directory: DIRECTORY,
    handles: new FileHandles(disk, 4),
    slotCount,
    entryCount,
    clock,
    logger,
  });
  index.open(limit);
  return index;
}

function wait(platform: VirtualPlatform, start: (done: (error: unknown) => void) => void): void {
  let finished = false;
  start((error) => {
    expect(error).toBeUndefined();
    finished = true;
  });
  platform.world.runUntil(() => finished);
}

function add(index: MessageIndex, key: string, position: number, timestamp = T0): void {
  index.put('T', Buffer.from(key), 0, Buffer.byteLength(key), position, timestamp);
  index.finished(position);
}

function query(
  platform: VirtualPlatform,
  index: MessageIndex,
  key: string,
  beginMs = 0,
  endMs = Number.MAX_SAFE_INTEGER,
): number[] {
  const found: number[] = [];
  wait(platform, (done) =>
    index.query(
      'T',
      key,
      beginMs,
      endMs,
      (position, next) => {
        found.push(position);
        next(true);
      },
      done,
    ),
  );
  return found;
}

test('hashes like Java and names files by time', () => {
  // "StoreA#k0".hashCode() and the unique key of the first message that RocketMQ stored in the golden directory.
  expect(keyHash(topicHash('StoreA'), '7F0000012A7E4E0E2F2A6DE4D2B20000')).toBe(2138704972);
  expect(keyHashOfBytes(topicHash('StoreA'), Buffer.from('k0 even0'), 0, 2)).toBe(599663384);
  expect(timeName(1_795_335_169_542)).toBe('20261122081249542');
  expect(timeName(951_782_400_000)).toBe('20000229000000000');
  expect(timeName(951_782_399_999)).toBe('20000228235959999');
});

describe('the message index', () => {
  test('finds the newest first, over several files, in memory and on disk', () => {
    const platform = createVirtualPlatform();
    const index = openIndex(platform);
    for (let i = 0; i < 60; i++) add(index, `k${i % 3}`, i * 100);
    expect(index.fileCount).toBe(4);
    const expected = Array.from({ length: 20 }, (_, i) => (59 - i * 3 - 1) * 100);
    expect(query(platform, index, 'k1')).toEqual(expected);
    wait(platform, (done) => index.flush(false, done));
    expect(query(platform, index, 'k1')).toEqual(expected);
    expect(query(platform, index, 'absent')).toEqual([]);
  });

  test('looks at the time of entries in whole seconds, never too narrowly', () => {
    const platform = createVirtualPlatform();
    const index = openIndex(platform);
    for (let i = 0; i < 10; i++) add(index, 'k', i * 100, T0 + i * 700);
    const within = query(platform, index, 'k', T0 + 2100, T0 + 3500);
    expect(within).toEqual(expect.arrayContaining([300, 400, 500]));
    expect(within).not.toContain(0);
    expect(within).not.toContain(900);
  });

  test('stops where the caller has enough', () => {
    const platform = createVirtualPlatform();
    const index = openIndex(platform);
    for (let i = 0; i < 10; i++) add(index, 'k', i * 100);
    const found: number[] = [];
    wait(platform, (done) =>
      index.query(
        'T',
        'k',
        0,
        T0 * 2,
        (position, next) => {
          found.push(position);
          next(found.length < 2);
        },
        done,
      ),
    );
    expect(found).toEqual([900, 800]);
  });

  test('a clean close leaves files that need no repair, and that grow on', () => {
    const platform = createVirtualPlatform();
    const index = openIndex(platform);
    for (let i = 0; i < 25; i++) add(index, 'k', i * 100);
    wait(platform, (done) => index.close(done));
    const again = openIndex(platform);
    expect(again.nextPosition).toBe(2401);
    add(again, 'k', 2500);
    expect(query(platform, again, 'k').slice(0, 3)).toEqual([2500, 2400, 2300]);
    expect(query(platform, again, 'k')).toHaveLength(26);
  });

  test('forgets what lies behind the end of the log', () => {
    const platform = createVirtualPlatform();
    const index = openIndex(platform);
    for (let i = 0; i < 25; i++) add(index, 'k', i * 100);
    wait(platform, (done) => index.close(done));
    const again = openIndex(platform, 1000);
    expect(again.nextPosition).toBe(901);
    expect(query(platform, again, 'k')[0]).toBe(900);
    expect(platform.disk.list(DIRECTORY)).toHaveLength(1);
  });

  test('an unclean end loses only what was not written, and asks for it again', () => {
    const platform = createVirtualPlatform();
    const index = openIndex(platform);
    for (let i = 0; i < 5; i++) add(index, 'k', i * 100);
    wait(platform, (done) => index.flush(false, done));
    for (let i = 5; i < 8; i++) add(index, 'k', i * 100);
    const again = openIndex(platform);
    expect(again.wants(300)).toBe(false);
    expect(again.wants(400)).toBe(true);
    expect(query(platform, again, 'k')).toEqual([400, 300, 200, 100, 0]);
  });

  test('entries that the disk lost or mangled end the file there', () => {
    const platform = createVirtualPlatform();
    const index = openIndex(platform);
    for (let i = 0; i < 10; i++) add(index, 'k', i * 100);
    wait(platform, (done) => index.flush(false, done));
    const path = `${DIRECTORY}/${platform.disk.list(DIRECTORY)[0]}`;
    const file = platform.disk.open(path, { create: false });
    file.writeSync(Buffer.alloc(20), 40 + 7 * 4 + 6 * 20);
    const again = openIndex(platform);
    expect(query(platform, again, 'k')).toEqual([400, 300, 200, 100, 0]);
    expect(again.wants(500)).toBe(true);
  });

  test('a file of another size is removed with a word', () => {
    const platform = createVirtualPlatform();
    platform.disk.makeDirectory(DIRECTORY);
    platform.disk.replaceFile(`${DIRECTORY}/20261122081249542`, Buffer.alloc(100));
    openIndex(platform);
    expect(platform.disk.list(DIRECTORY)).toEqual([]);
  });

  test('answers like a naive model through flushes, reopening and trimming', () => {
    const action = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), key: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('flush' as const), key: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), key: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), key: fc.constant(0) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const platform = createVirtualPlatform();
        let index = openIndex(platform);
        const model: { key: string; position: number }[] = [];
        for (const { kind, key } of actions) {
          if (kind === 'add') {
            const position = model.length * 100;
            model.push({ key: `k${key}`, position });
            add(index, `k${key}`, position);
          } else if (kind === 'flush') wait(platform, (done) => index.flush(false, done));
          else {
            if (kind === 'reopen') wait(platform, (done) => index.close(done));
            index = openIndex(platform);
            for (const { key: again, position } of model) if (index.wants(position)) add(index, again, position);
          }
        }
        for (let key = 0; key < 6; key++) {
          const expected = model.filter((entry) => entry.key === `k${key}`).map((entry) => entry.position);
          expect([...new Set(query(platform, index, `k${key}`))]).toEqual(expected.reverse());
        }
      }),
      { numRuns: 100 },
    );
  });
});
