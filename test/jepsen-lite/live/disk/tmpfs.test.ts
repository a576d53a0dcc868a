import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Ailing } from '../../../../jepsen-lite/live/chaos/ailing.ts';
import { openDisks } from '../../../../jepsen-lite/live/disk/open-disks.ts';
import { Tmpfs } from '../../../../jepsen-lite/live/disk/tmpfs.ts';
import { TmpfsDisks } from '../../../../jepsen-lite/live/disk/tmpfs-disks.ts';
import { mayMount } from '../../../support/rights.ts';
import { Undoes } from '../undoes.ts';

const undoes = new Undoes();
const folder = mkdtempSync(join(tmpdir(), 'a tmpfs-'));
afterEach(async () => {
  await undoes.end();
  rmSync(folder, { recursive: true, force: true });
});

function isMounted(path: string): boolean {
  return readFileSync('/proc/mounts', 'utf8').includes(` ${path.replaceAll(' ', '\\040')} tmpfs `);
}

/** Bytes that can be written to a new file. */
function room(path: string, most: number): number {
  const file = openSync(path, 'w');
  let written = 0;
  try {
    while (written < most) written += writeSync(file, Buffer.alloc(most - written));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
  closeSync(file);
  return written;
}

const PAGE = 4_096;

describe.runIf(mayMount())('a tmpfs', () => {
  const path = join(folder, 'store');

  test('takes as many bytes as a fault leaves free, the last write partly, and all again afterwards', async () => {
    const disk = await Tmpfs.mount(path, undoes);
    writeFileSync(join(path, 'before'), Buffer.alloc(10 * PAGE));
    const end = await disk.limit(3 * PAGE);
    expect(room(join(path, 'during'), 10 * PAGE)).toBe(3 * PAGE);
    await end();
    expect(room(join(path, 'after'), 100 * PAGE)).toBe(100 * PAGE);
  });

  test('is as full as the narrowest of the faults that are on wants it', async () => {
    const disk = await Tmpfs.mount(path, undoes);
    writeFileSync(join(path, 'before'), 'something');
    const endWide = await disk.limit(100 * PAGE);
    const endNarrow = await disk.limit(0);
    expect(room(join(path, 'a'), PAGE)).toBe(0);
    await endNarrow();
    expect(room(join(path, 'b'), 200 * PAGE)).toBe(100 * PAGE);
    await endWide();
    await endWide();
    expect(room(join(path, 'c'), 200 * PAGE)).toBe(200 * PAGE);
  });

  test('leaves what was on it on the disk below when it is closed', async () => {
    const disk = await Tmpfs.mount(path, undoes);
    writeFileSync(join(path, 'kept'), 'data');
    expect(isMounted(path)).toBe(true);
    await disk.close();
    expect(isMounted(path)).toBe(false);
    expect(readFileSync(join(path, 'kept'), 'utf8')).toBe('data');
    expect(existsSync(`${path}.kept`)).toBe(false);
  });

  test('is unmounted when it is reached over a symbolic link', async () => {
    const real = join(folder, 'real');
    mkdirSync(real, { recursive: true });
    symlinkSync(real, join(folder, 'link'));
    const disk = await Tmpfs.mount(join(folder, 'link', 'store'), undoes);
    const store = join(real, 'store');
    writeFileSync(join(folder, 'link', 'store', 'kept'), 'data');
    expect(isMounted(store)).toBe(true);
    await disk.close();
    expect(isMounted(store)).toBe(false);
    expect(readFileSync(join(store, 'kept'), 'utf8')).toBe('data');
  });

  test('leaves holes as holes', async () => {
    const disk = await Tmpfs.mount(path, undoes);
    writeFileSync(join(path, 'sparse'), 'end');
    truncateSync(join(path, 'sparse'), 64 * 1_024 * PAGE);
    await disk.close();
    const { size, blocks } = statSync(join(path, 'sparse'));
    expect(size).toBe(64 * 1_024 * PAGE);
    expect(blocks * 512).toBeLessThan(64 * PAGE);
  });

  test('whose files find no room below says so in the journal, and is not left behind', async () => {
    const below = join(folder, 'below');
    const disk = await Tmpfs.mount(below, undoes);
    const lines: string[] = [];
    const store = join(below, 'store');
    const disks = await TmpfsDisks.mount(new Map([['n0', store]]), undoes, (line) => lines.push(line));
    writeFileSync(join(store, 'data'), Buffer.alloc(100 * PAGE, 1));
    await disk.limit(PAGE);
    await disks.close();
    expect(lines).toEqual([expect.stringMatching(/^the files of n0 are not kept, .*No space left on device/)]);
    expect(isMounted(store)).toBe(false);
    expect(readdirSync(below)).toEqual(['store']);
  });

  test('is not left behind where another cannot be mounted', async () => {
    const file = join(folder, 'file');
    const good = join(folder, 'good');
    const stores = new Map([
      ['n0', good],
      ['n1', join(file, 'no-folder')],
    ]);
    const failed = TmpfsDisks.mount(
      stores,
      {
        register: async (undo) => {
          // By then the first one is mounted.
          if (undo.kind === 'unmount' && undo.path === good) writeFileSync(file, '');
          return await undoes.register(undo);
        },
        undo: (number) => undoes.undo(number),
      },
      () => {},
    );
    await expect(failed).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(isMounted(good)).toBe(false);
  });
});

test('without the right to mount there is a quota, and the journal says why', async () => {
  const told: string[] = [];
  const lines: string[] = [];
  const ailing = new Ailing({ tell: (name, { diskFull }) => told.push(`${name} ${diskFull ?? false}`) });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'file'), '');
  const stores = new Map([['n0', join(folder, 'file', 'no-folder')]]);
  const journal = (line: string): void => void lines.push(line);
  const disks = await openDisks({ stores, areFilled: true, watchdog: undoes, ailing, journal });
  expect(lines).toEqual([
    expect.stringMatching(/^full disks are made by a quota .*as no file system may be mounted: .+/),
  ]);
  const end = await disks.fill('n0', 0);
  await end();
  expect(told).toEqual(['n0 true', 'n0 false']);
});
