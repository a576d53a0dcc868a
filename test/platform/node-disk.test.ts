import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockDirectory } from '../../src/platform/node/directory-lock.ts';
import { NodeDisk, spaceOf } from '../../src/platform/node/disk.ts';
import { type FileCalls, NodeDiskFile } from '../../src/platform/node/disk-file.ts';
import type { DiskError } from '../../src/platform/ports.ts';

const root = fs.mkdtempSync(join(tmpdir(), 'ledgermq-node-disk-'));
afterAll(() => fs.rmSync(root, { recursive: true }));

/** A file whose `writev` writes at most the bytes of the next item of `limits` (a text: that error; none left: everything). */
function shortFile(name: string, limits: (number | string)[]) {
  const path = join(root, name);
  const sizes: number[] = [];
  const writev: FileCalls['writev'] = (fd, buffers, position, done) => {
    const limit = limits.shift() ?? Number.POSITIVE_INFINITY;
    if (typeof limit === 'string') {
      setImmediate(() => done(Object.assign(new Error(`${limit}: planted`), { code: limit }), 0));
      return;
    }
    const all = Buffer.concat(buffers);
    sizes.push(all.length);
    const written = limit === 0 ? 0 : fs.writeSync(fd, all, 0, Math.min(limit, all.length), position);
    setImmediate(() => done(null, written));
  };
  const file = new NodeDiskFile(path, fs.openSync(path, 'w+'), { ...fs, writev });
  const write = (buffers: Buffer[], position: number) =>
    new Promise<[DiskError | undefined, number]>((resolve) =>
      file.write(buffers, position, (...result) => resolve(result)),
    );
  return { path, file, sizes, write };
}

test('a short write without an error goes on behind what was written', async () => {
  const { path, file, sizes, write } = shortFile('short', [1, 4, 2]);
  const buffers = ['abc', '', 'de', 'fghij'].map((text) => Buffer.from(text));
  expect(await write(buffers, 2)).toEqual([undefined, 10]);
  expect(sizes).toEqual([10, 9, 5, 3]);
  expect(fs.readFileSync(path)).toEqual(Buffer.from('\0\0abcdefghij'));
  file.close();
});

test('an error behind a short write tells what certainly reached the file', async () => {
  const { path, file, write } = shortFile('full', [4, 'ENOSPC']);
  const [error, written] = await write([Buffer.from('abcdef')], 0);
  expect(error?.code).toBe('ENOSPC');
  expect(written).toBe(4);
  expect(fs.readFileSync(path, 'utf8')).toBe('abcd');
  file.close();
});

test('a file that takes nothing and gives no error is an error, not an endless loop', async () => {
  const { file, write } = shortFile('stuck', [2, 0]);
  const [error, written] = await write([Buffer.from('abcdef')], 0);
  expect([error?.code, written]).toEqual(['EIO', 2]);
  file.close();
});

test.skipIf(process.platform !== 'linux')('a real full file system ends in ENOSPC behind what fitted', async () => {
  const file = new NodeDiskFile('/dev/full', fs.openSync('/dev/full', 'r+'));
  const result = await new Promise<[DiskError | undefined, number]>((resolve) =>
    file.write([Buffer.alloc(100)], 0, (...answer) => resolve(answer)),
  );
  expect([result[0]?.code, result[1]]).toEqual(['ENOSPC', 0]);
  file.close();
});

test('replaceFile makes the content durable before the name, and the name before it returns', () => {
  const order: string[] = [];
  const names = new Map<number, string>();
  const disk = new NodeDisk({
    openSync: (path, flags) => {
      const fd = fs.openSync(path, flags);
      names.set(fd, String(path).slice(root.length));
      return fd;
    },
    writeSync: ((fd: number, content: Uint8Array, offset: number, length: number) => {
      order.push(`write ${names.get(fd)}`);
      return fs.writeSync(fd, content, offset, Math.min(length, 3));
    }) as typeof fs.writeSync,
    fsyncSync: (fd) => {
      order.push(`fsync ${names.get(fd)}`);
      fs.fsyncSync(fd);
    },
    renameSync: (from, to) => {
      order.push('rename');
      fs.renameSync(from, to);
    },
    closeSync: fs.closeSync,
  });
  disk.replaceFile(join(root, 'state'), Buffer.from('hello'));
  expect(order).toEqual(['write /state.tmp', 'write /state.tmp', 'fsync /state.tmp', 'rename', 'fsync ']);
  expect(fs.readFileSync(join(root, 'state'), 'utf8')).toBe('hello');
});

/** A process that takes the lock as we do and holds it until it is killed. */
const lockHolder = `
  const { tryLock } = require('fs-native-extensions');
  const fd = require('node:fs').openSync(process.argv[1], 'a+');
  console.log(tryLock(fd) ? 'locked' : 'refused');
  setTimeout(() => {}, 60_000);
`;

test('a second process is refused until the first one dies, however it dies', async () => {
  const directory = join(root, 'store');
  fs.mkdirSync(directory);
  const child = spawn(process.execPath, ['-e', lockHolder, join(directory, 'lock')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    const answer = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
    expect(answer.trim()).toBe('locked');
    expect(lockDirectory(directory)).toBeUndefined();
  } finally {
    child.kill('SIGKILL');
  }
  await exited;
  const lock = lockDirectory(directory);
  expect(lock).toBeDefined();
  lock?.release();
});

test('where the lock does not load, one sentence says that nothing is started', () => {
  const load = () => {
    throw new Error('no prebuild for this platform\n    at somewhere');
  };
  expect(() => lockDirectory(root, load)).toThrow(
    /^.* cannot be locked against a second process, so nothing is started on it: .*\(no prebuild for this platform\)\. Install .*\.$/,
  );
});

test('blocks that only the administrator may use count as neither free nor used', () => {
  const space = spaceOf({ blocks: 1_000, bfree: 900, bavail: 300, bsize: 4_096 });
  expect(space).toEqual({ freeBytes: 300 * 4_096, totalBytes: 400 * 4_096 });
});
