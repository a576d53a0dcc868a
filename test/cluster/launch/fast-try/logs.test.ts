import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readableLines, readFrom } from '../../../../cluster/launch/fast-try/logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what was added to a log comes in whole lines, and a file that was cut is read from its start', () => {
  const file = join(folder, 'n0.log');
  expect(readFrom(file, 0)).toEqual({ text: '', end: 0 });
  writeFileSync(file, 'one\ntwo\nthr');
  expect(readFrom(file, 0)).toEqual({ text: 'one\ntwo\n', end: 8 });
  appendFileSync(file, 'ee\n');
  expect(readFrom(file, 8)).toEqual({ text: 'three\n', end: 14 });
  expect(readFrom(file, 14)).toEqual({ text: '', end: 14 });
  writeFileSync(file, 'new\n');
  expect(readFrom(file, 14)).toEqual({ text: 'new\n', end: 4 });
});

test('JSON lines become readable, others stay as they are', () => {
  const json = '{"level":"info","time":"2026-11-22T11:00:44.060Z","term":1,"msg":"Serving as leader"}';
  expect(readableLines(`The broker boot success.\n${json}\n`)).toEqual([
    'The broker boot success.',
    '2026-11-22T11:00:44.060Z INFO  Serving as leader  term=1',
  ]);
});
