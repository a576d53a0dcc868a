import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDirectory } from '../../src/platform/node/make-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'make-directory-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('makes what is missing, the highest first, and leaves alone what is there', () => {
  const made: string[] = [];
  makeDirectory(join(folder, 'a/b/c'), (directory) => made.push(directory));
  makeDirectory(join(folder, 'a/b'), (directory) => made.push(directory));
  expect(made).toEqual(['a', 'a/b', 'a/b/c'].map((name) => join(folder, name)));
  expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
});

test('refuses a path on which a file stands', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeDirectory(join(folder, 'file'))).toThrow(/EEXIST/);
  expect(() => makeDirectory(join(folder, 'file/below'))).toThrow(/ENOTDIR/);
});

test.runIf(process.platform === 'linux')('ends where the kernel takes no directories', () => {
  expect(() => makeDirectory('/proc/none/below')).toThrow(/ENOENT/);
});
