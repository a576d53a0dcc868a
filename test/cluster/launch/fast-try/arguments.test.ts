import { expect, test } from 'vitest';
import { commands, parseFastTryArguments, usage } from '../../../../cluster/launch/fast-try/arguments.ts';

const parse = (line: string) => parseFastTryArguments(line.split(' ').filter(Boolean), '/default');

test('commands with their options', () => {
  expect(parse('start')).toEqual({
    command: 'start',
    dir: '/default',
    portBase: undefined,
    nodes: undefined,
    node: undefined,
    follow: false,
    lines: 20,
  });
  expect(parse('start --dir /d --port-base 20000 --nodes 5')).toMatchObject({
    dir: '/d',
    portBase: 20_000,
    nodes: 5,
  });
  expect(parse('restart 1')).toMatchObject({ command: 'restart', node: 'n1' });
  expect(parse('restart namesrv')).toMatchObject({ node: 'namesrv' });
  expect(parse('logs n2 -f --lines 5')).toMatchObject({ command: 'logs', node: 'n2', follow: true, lines: 5 });
  for (const line of ['--help', '-h', 'help', 'start --help']) expect(parse(line)).toMatchObject({ command: 'help' });
});

test('the help names every command', () => {
  const help = usage('npx fast-try', '/home/me/group');
  expect(help).toMatch(/^Usage: npx fast-try COMMAND/);
  expect(help).toContain('(default: /home/me/group)');
  for (const command of commands) expect(help).toMatch(new RegExp(`^  ${command} `, 'm'));
});

test.each([
  ['', 'no command was given'],
  ['begin', 'there is no command begin; start, stop, clean,'],
  ['stop n1', 'stop does not take n1'],
  ['logs n1 n2', 'logs does not take n2'],
  ['restart', 'restart needs the node'],
  ['stop --nodes 3', '--nodes means nothing to stop'],
  ['status -f', '--follow means nothing to status'],
  ['start --port-base high', '--port-base high must be a whole number from 1 to 65535'],
  ['start --nodes 0', '--nodes 0 must be a whole number from 1 to 9'],
  ['start --dri x', "Unknown option '--dri'; --help shows what there is"],
  ['start --dir', '--help shows what there is'],
])('%j is refused with a sentence', (line, sentence) => {
  expect(parse(line)).toContain(sentence);
});
