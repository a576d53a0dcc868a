import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { NodeDisk } from '../../src/platform/node/disk.ts';
import type { Disk, DiskError, DiskFile } from '../../src/platform/ports.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';

/** A disk under test: the same contract holds for the real one and the one of the tests. */
interface Subject {
  readonly disk: Disk;
  readonly root: string;
  settle<Result>(promise: Promise<Result>): Promise<Result>;
  remove(): void;
}

function nodeDisk(): Subject {
  const root = mkdtempSync(join(tmpdir(), 'ledgermq-disk-'));
  return { disk: new NodeDisk(), root, settle: (promise) => promise, remove: () => rmSync(root, { recursive: true }) };
}

function virtualDisk(): Subject {
  const { disk, world } = createVirtualPlatform();
  disk.makeDirectory('/data');
  return { disk, root: '/data', settle: (promise) => world.settle(promise), remove: () => {} };
}

const write = (file: DiskFile, buffers: Buffer[], position: number) =>
  new Promise<[DiskError | undefined, number]>((resolve) =>
    file.write(buffers, position, (...result) => resolve(result)),
  );
const read = (file: DiskFile, target: Buffer, position: number) =>
  new Promise<[DiskError | undefined, number]>((resolve) =>
    file.read(target, position, (...result) => resolve(result)),
  );
const sync = (file: DiskFile) => new Promise<DiskError | undefined>((resolve) => file.sync(resolve));

describe.each([
  ['node', nodeDisk],
  ['virtual', virtualDisk],
])('%s disk', (_name, make) => {
  const subject = make();
  const { disk, root } = subject;
  const path = (name: string) => join(root, name);
  afterEach(() => disk.list(root).forEach((name) => void disk.removeTree(path(name))));

  test('writes gathered buffers at a position, syncs them, and reads them back', async () => {
    const file = disk.open(path('log'), { create: true });
    const written = write(file, [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('cde')], 3);
    expect(await subject.settle(written)).toEqual([undefined, 5]);
    expect(await subject.settle(sync(file))).toBeUndefined();
    expect(file.size()).toBe(8);
    const target = Buffer.alloc(10, '.');
    expect(await subject.settle(read(file, target, 2))).toEqual([undefined, 6]);
    expect(target.toString()).toBe('\0abcde....');
    expect(file.readSync(target, 6)).toBe(2);
    expect(file.readSync(target, 100)).toBe(0);
    expect(await subject.settle(write(file, [], 0))).toEqual([undefined, 0]);
    file.close();
  });

  test('answers never come within the call', async () => {
    const file = disk.open(path('log'), { create: true });
    let answers = 0;
    const all = Promise.all([
      new Promise<void>((resolve) => file.write([], 0, () => resolve(void answers++))),
      new Promise<void>((resolve) => file.read(Buffer.alloc(0), 0, () => resolve(void answers++))),
      new Promise<void>((resolve) => file.sync(() => resolve(void answers++))),
    ]);
    expect(answers).toBe(0);
    await subject.settle(all);
    expect(answers).toBe(3);
    file.close();
  });

  test('opening keeps the content; a missing file or directory is ENOENT', () => {
    const file = disk.open(path('log'), { create: true });
    file.writeSync(Buffer.from('kept'), 0);
    file.syncNow();
    file.close();
    const again = disk.open(path('log'), { create: true });
    expect(again.size()).toBe(4);
    again.close();
    expect(() => disk.open(path('absent'), { create: false })).toThrow('ENOENT');
    expect(() => disk.open(path('absent/log'), { create: true })).toThrow('ENOENT');
    expect(() => again.size()).toThrow();
  });

  test('truncating cuts, and extends with zeros', () => {
    const file = disk.open(path('log'), { create: true });
    file.writeSync(Buffer.from('abcdef'), 0);
    file.truncateSync(2);
    file.truncateSync(5);
    expect(disk.readFile(path('log'))).toEqual(Buffer.from('ab\0\0\0'));
    file.close();
  });

  test('close lets a write on its way finish', async () => {
    const file = disk.open(path('log'), { create: true });
    const written = write(file, [Buffer.alloc(100_000, 'x')], 0);
    file.close();
    expect(await subject.settle(written)).toEqual([undefined, 100_000]);
    expect(disk.readFile(path('log'))?.length).toBe(100_000);
  });

  test('replaces a file, and renames, lists and removes names', () => {
    disk.replaceFile(path('small'), Buffer.from('one, and longer'));
    disk.replaceFile(path('small'), Buffer.from('two'));
    disk.makeDirectory(path('deep/er'));
    disk.makeDirectory(path('deep/er'));
    disk.replaceFile(path('deep/er/file'), Buffer.from('three'));
    expect(disk.list(root)).toEqual(['deep', 'small']);
    expect(disk.readFile(path('small'))?.toString()).toBe('two');
    disk.rename(path('deep'), path('moved'));
    disk.rename(path('small'), path('moved/er/file'));
    expect(disk.list(root)).toEqual(['moved']);
    expect(disk.readFile(path('moved/er/file'))?.toString()).toBe('two');
    expect([disk.exists(path('moved/er')), disk.exists(path('small'))]).toEqual([true, false]);
    disk.remove(path('moved/er/file'));
    disk.remove(path('moved/er/file'));
    expect(disk.list(path('moved/er'))).toEqual([]);
    disk.syncDirectory(path('moved/er'));
    disk.removeTree(path('moved'));
    disk.removeTree(path('moved'));
    expect(disk.list(path('moved'))).toEqual([]);
    expect(disk.readFile(path('absent'))).toBeUndefined();
  });

  test('a directory is locked once, until it is released', () => {
    const held = disk.lock(root);
    expect(held).toBeDefined();
    expect(disk.lock(root)).toBeUndefined();
    held?.release();
    held?.release();
    const again = disk.lock(root);
    expect(again).toBeDefined();
    again?.release();
  });

  test('knows the space of its file system', () => {
    const { freeBytes, totalBytes } = disk.space(root);
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });
});
