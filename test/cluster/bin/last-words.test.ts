import { expect, test } from 'vitest';
import { lastCode, tellBug, tellFatal, thrownCode } from '../../../cluster/bin/last-words.ts';
import type { Logger } from '../../../src/platform/ports.ts';

/** The line that a program prints which tells its end so. */
function printed(tell: (logger: Logger) => void): string {
  const lines: string[] = [];
  tell({ error: (msg, fields) => void lines.push(JSON.stringify({ level: 'error', ...fields, msg })) } as Logger);
  return lines.join('\n');
}

test('the last line of a process tells why it ended', () => {
  expect(lastCode(printed((logger) => tellFatal(logger, { code: 'ENOSPC', message: 'x' })))).toBe('ENOSPC');
  expect(lastCode(printed((logger) => tellBug(logger, new TypeError('x'))))).toBe('TypeError');
  expect(lastCode(printed((logger) => tellBug(logger, 'x')))).toBe('string');
  expect(lastCode('the configuration file c cannot be read')).toBe('START');
});

test('other lines tell nothing', () => {
  expect(lastCode('')).toBeUndefined();
  expect(lastCode('Node.js v20.19.0')).toBeUndefined();
  expect(lastCode('{"level":"error","code":"ENOSPC","msg":"A write failed"}')).toBeUndefined();
});

test('a bug is known by its name, whatever code Node gives it, and an error of the system by its code', () => {
  expect(thrownCode(Object.assign(new RangeError('x'), { code: 'ERR_OUT_OF_RANGE' }))).toBe('RangeError');
  expect(thrownCode(Object.assign(new Error('x'), { code: 'EIO' }))).toBe('EIO');
});
