import { expect, test } from 'vitest';
import { defaultDir, hint, type Place, programCommand } from '../../../../cluster/launch/fast-try/hint.ts';

const checkout: Place = { root: '/src/ledgermq', workingDirectory: '/src/ledgermq', homeDirectory: '/home/me' };
const installed: Place = { ...checkout, root: '/app/node_modules/ledgermq', workingDirectory: '/app' };

test('in a checkout the scripts are named, by the path from where the user is', () => {
  expect(programCommand('mqexample', checkout)).toBe('scripts/tools.sh');
  expect(programCommand('mqadmin', { ...checkout, workingDirectory: '/src' })).toBe('ledgermq/scripts/mqadmin');
  expect(programCommand('mqadmin', { ...checkout, workingDirectory: '/src/ledgermq/scripts' })).toBe('./mqadmin');
  expect(programCommand('mqadmin', { ...checkout, workingDirectory: '/tmp' })).toBe('/src/ledgermq/scripts/mqadmin');
});

test('of an installed package the programs are named', () => {
  expect(programCommand('mqexample', installed)).toBe('npx mqexample');
  expect(hint('status', defaultDir(installed), installed)).toBe('npx fast-try status');
});

test('a folder is named unless it is the default one, so that a shell reads it as one word', () => {
  expect(defaultDir(checkout)).toBe('/src/ledgermq/.fast-try');
  expect(defaultDir(installed)).toBe('/home/me/.ledgermq/fast-try');
  expect(hint('stop', '/src/ledgermq/.fast-try', checkout)).toBe('scripts/fast-try.sh stop');
  expect(hint('stop', '/tmp/a', checkout)).toBe('scripts/fast-try.sh stop --dir /tmp/a');
  expect(hint('stop', "/tmp/a b's", checkout)).toBe(`scripts/fast-try.sh stop --dir '/tmp/a b'\\''s'`);
});
