import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatLogLine } from '../../src/platform/node/log-format.ts';
import { createNodeLogger } from '../../src/platform/node/logger.ts';

const root = mkdtempSync(join(tmpdir(), 'ledgermq-logger-'));
afterAll(() => rmSync(root, { recursive: true }));

test('lines are in the file when the call returns, with the fields of logger, child and call', () => {
  const file = join(root, 'logs/broker.log');
  const logger = createNodeLogger({ file, fields: { node: 'n0' } });
  logger.debug('dropped');
  logger.info('Started', { port: 10911 });
  logger.child({ peer: 'n1' }).warn('Lost the connection');
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { level: 'info', msg: 'Started', node: 'n0', port: 10911 },
    { level: 'warn', msg: 'Lost the connection', node: 'n0', peer: 'n1' },
  ]);
  expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('the readable format keeps everything on one line', () => {
  const line = JSON.stringify({
    level: 'warn',
    time: '2026-01-01T00:00:00.000Z',
    msg: 'Refused',
    peer: 'n1',
    text: 'two words',
    count: 3,
  });
  expect(formatLogLine(`${line}\n`)).toBe('2026-01-01T00:00:00.000Z WARN  Refused  peer=n1 text="two words" count=3\n');
  expect(formatLogLine('not JSON\n')).toBe('not JSON\n');
});

test("a folder that the system refuses is told with the system's reason", () => {
  writeFileSync(join(root, 'taken'), '');
  expect(() => createNodeLogger({ file: join(root, 'taken/broker.log') })).toThrow(/ENOTDIR|EEXIST/);
  if (process.platform === 'linux') expect(() => createNodeLogger({ file: '/proc/x/broker.log' })).toThrow(/ENOENT/);
});
