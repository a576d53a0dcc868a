import { describe, expect, test } from 'vitest';
import type { AdminCommand } from '../../src/admin/admin-command.ts';
import { UsageError } from '../../src/admin/admin-error.ts';
import { parseArguments } from '../../src/admin/arguments.ts';
import { suggestion } from '../../src/admin/near-miss.ts';
import { commandHelp } from '../../src/admin/usage.ts';

const command: AdminCommand = {
  name: 'sample',
  description: 'A sample.',
  options: [
    { short: 't', long: 'topic', description: 'topic name', required: true },
    { short: 'b', long: 'brokerAddr', description: 'which broker' },
    { short: 'c', long: 'clusterName', description: 'which cluster' },
    { short: 'm', long: 'more', description: 'Print more', hasValue: false },
    { short: 'q', long: 'count', description: `How many, ${'in many words '.repeat(8)}` },
    { long: 'attributes', description: 'without a letter' },
  ],
  oneOf: ['brokerAddr', 'clusterName'],
  run: async () => {},
};

function problem(...argv: string[]): string {
  try {
    parseArguments(command, argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return '';
}

describe('options', () => {
  test.each([['-t', 'X'], ['-tX'], ['-t=X'], ['--topic', 'X'], ['--topic=X'], ['-topic', 'X'], ['-topic=X']])(
    '%s %s gives the topic',
    (...words) => {
      const args = parseArguments(command, [...words, '-c', 'C', '-m', '--attributes', '+a=b,-c']);
      expect(args.text('topic')).toBe('X');
      expect(args.has('more')).toBe(true);
      expect(args.find('attributes')).toBe('+a=b,-c');
    },
  );

  test.each([
    ['-t needs', ['-c', 'C'], 'sample needs -t (--topic).'],
    ['no alternative', ['-t', 'X'], 'sample needs exactly one of -b (--brokerAddr) and -c (--clusterName).'],
    [
      'both',
      ['-t', 'X', '-b', 'B', '-c', 'C'],
      'sample needs exactly one of -b (--brokerAddr) and -c (--clusterName).',
    ],
    ['no value', ['-c', 'C', '-t'], '-t (--topic) needs a value.'],
    ['a value for a switch', ['--more=1'], '-m (--more) takes no value, but "--more=1" gives one.'],
    ['a bare word', ['X'], '"X" is not an option; values follow their option.'],
    ['a slip', ['--topik', 'X'], 'sample has no option "--topik". Did you mean "topic"?'],
  ])('%s', (_what, argv, sentence) => {
    expect(problem(...argv)).toBe(sentence);
  });

  test('nothing is missed once help is asked for', () => {
    expect(parseArguments(command, ['-h']).has('help')).toBe(true);
  });

  test('numbers and truths are checked', () => {
    const args = parseArguments(command, ['-t', ' X ', '-c', 'C', '-q', '1e3']);
    expect(args.text('topic')).toBe('X');
    expect(() => args.whole('count', 1, 0, 9)).toThrow('--count is "1e3", but must be a whole number from 0 to 9.');
    expect(() => args.boolean('count', true)).toThrow('--count is "1e3", but must be true or false.');
    expect(args.whole('brokerAddr', 7, 0)).toBe(7);
  });
});

test('help lists the options sorted, in at most 110 columns', () => {
  const help = commandHelp(command);
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(help.split('\n')[0]).toBe(
    'usage: mqadmin sample [--attributes <arg>] -b <arg> | -c <arg> [-h] [-m] [-n <arg>] [-q <arg>] -t <arg>',
  );
  const letters = [...help.matchAll(/^ -(\w),/gm)].map(([, letter]) => letter);
  expect(letters).toEqual(['b', 'c', 'h', 'm', 'n', 'q', 't']);
});

test('a suggestion is a name that differs by a slip or two, or nothing', () => {
  const known = ['TopicTest', 'Orders', 'orders_dead'];
  expect(suggestion('topictest', known)).toBe(' Did you mean "TopicTest"?');
  expect(suggestion('Ordres', known)).toBe(' Did you mean "Orders"?');
  expect(suggestion('Payments', known)).toBe('');
  expect(suggestion('x', known)).toBe('');
});
