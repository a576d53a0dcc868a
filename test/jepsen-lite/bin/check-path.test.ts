import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readChaosCommand } from '../../../jepsen-lite/bin/chaos-options.ts';
import { playRounds } from '../../../jepsen-lite/bin/chaos-rounds.ts';
import { checkFile, makeFolder } from '../../../jepsen-lite/bin/check-path.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-paths-'));
const file = join(folder, 'file');
writeFileSync(file, 'as it was');
afterAll(() => rmSync(folder, { recursive: true }));

test('a file that can be written is left as it is, there or not', () => {
  checkFile('json', file);
  checkFile('json', join(folder, 'new'));
  checkFile('json', undefined);
  expect(readdirSync(folder)).toEqual(['file']);
});

test('a folder is made with those above it', () => {
  makeFolder('dir', join(folder, 'a', 'b'));
  makeFolder('dir', join(folder, 'a', 'b'));
  expect(existsSync(join(folder, 'a', 'b'))).toBe(true);
});

test.for([
  ['resume', join(folder, 'none', 'r.jsonl'), 'ENOENT'],
  ['json', folder, 'EISDIR'],
  ['dir', join(file, 'sub'), 'ENOTDIR'],
] as const)('chaos refuses --%s %s before it starts anything', async ([option, path, code]) => {
  const runs = join(folder, 'runs');
  const elsewhere = option === 'dir' ? [] : ['--dir', runs];
  const command = readChaosCommand([...elsewhere, `--${option}`, path], 1);
  const sentence = `--${option} ${path}: it cannot be written (${code})`;
  await expect(playRounds(command, new AbortController().signal)).rejects.toThrow(sentence);
  expect(existsSync(runs)).toBe(false);
});

test('a file is no folder', () => {
  expect(() => makeFolder('dir', file)).toThrow(`--dir ${file}: this is no folder`);
});

test('the folder of the last round is looked at before the first round begins', async () => {
  const strange = join(folder, 'rounds', 'dledger-seed-6-3n');
  mkdirSync(strange, { recursive: true });
  const command = readChaosCommand(['--dir', join(folder, 'rounds'), '--seed', '5', '--minutes', '20'], 1);
  const played = playRounds(command, new AbortController().signal);
  await expect(played).rejects.toThrow(`${strange} is no folder of a chaos run`);
  expect(readdirSync(join(folder, 'rounds'))).toEqual(['dledger-seed-6-3n']);
});

test.runIf(process.platform === 'linux')('a folder below /proc is refused', () => {
  expect(() => makeFolder('dir', '/proc/x/y')).toThrow('--dir /proc/x/y: it cannot be written (ENOENT)');
});
