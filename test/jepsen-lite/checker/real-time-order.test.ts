import { describe, expect, test } from 'vitest';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import { checkRealTimeOrder } from '../../../jepsen-lite/checker/real-time-order.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';
import { scriptedHistory } from './scripted-history.ts';

const order = (name: string, valid: true | false | 'unknown', anomalies: string[], script: string) => ({
  name,
  input: scriptedHistory(script),
  valid,
  anomalies,
});

const cases: AnomalyCase<History>[] = [
  order('an empty history', 'unknown', [], 'drained'),
  order('sends that all failed', 'unknown', [], '1 append q a 0..10 fail code-14'),
  order('in order', true, [], '1 append q a 0..10 ok 0\n 2 append q b 11..20 ok 1'),
  order('reordered', false, ['reordered'], '1 append q a 0..10 ok 1\n 2 append q b 11..20 ok 0'),
  order('one place for two', false, ['reordered'], '1 append q a 0..10 ok 0\n 2 append q b 11..20 ok 0'),
  order('at the same time', true, [], '1 append q a 0..10 ok 1\n 2 append q b 10..20 ok 0'),
  order('in two queues', true, [], '1 append q a 0..10 ok 1\n 2 append p b 11..20 ok 0'),
  order(
    'recorded late, but in order',
    true,
    [],
    '1 append q c 21..30 ok 2\n 1 append q a 0..10 ok 0\n 2 append q b 11..20 ok 1',
  ),
  order(
    'an older acknowledgement, not the latest, is overtaken',
    false,
    ['reordered'],
    '1 append q a 0..10 ok 5\n 1 append q b 0..12 ok 1\n 2 append q c 13..20 ok 3',
  ),
  order(
    'an unknown send is found before one that was acknowledged before it began',
    false,
    ['reordered'],
    '1 append q a 0..10 ok 1\n 2 append q b 11..20 info timeout\n 3 read q @0 30..40 ok b\n 3 read q @1 30..40 ok a',
  ),
  order(
    'an unknown send may come late',
    true,
    [],
    '2 append q b 0..10 info timeout\n 1 append q a 11..20 ok 0\n 3 read q @0 30..40 ok a\n 3 read q @1 30..40 ok b',
  ),
  order(
    'an unknown send whose queue was not learned',
    false,
    ['reordered'],
    '1 append q a 0..10 ok 1\n 2 append ? b 11..20 info timeout\n 3 read q @0 30..40 ok b\n 3 read q @1 30..40 ok a',
  ),
  order(
    'of two attempts the first is the one that was late',
    true,
    [],
    '1 append q b 0..5 info t\n 2 append q a 6..10 ok 1\n 1 append q b 11..20 info t\n 3 read q @0 30..40 ok b\n 3 read q @1 30..40 ok a',
  ),
  order(
    'a message was read before the send of one below it began',
    false,
    ['reordered'],
    '1 append q b 0..99 info t\n 3 read q @1 10..20 ok b\n 2 append q a 30..40 ok 0',
  ),
  order('max in order', true, [], '1 append q a 0..10 ok 0\n 2 max q 11..20 ok 1\n 2 max q 0..10 ok 0'),
  order('max too low', false, ['stale-max'], '1 append q a 0..10 ok 0\n 2 max q 11..20 ok 0'),
  order('max goes back', false, ['stale-max'], '1 max q 0..10 ok 3\n 2 max q 11..20 ok 2'),
  order('max too high', false, ['reordered'], '1 max q 0..10 ok 3\n 2 append q a 11..20 ok 2'),
  order('the end is seen where it is', true, [], '1 append q a 0..10 ok 0\n 3 read q @1 11..20 ok null'),
  order('the end is seen too early', false, ['stale-read'], '1 append q a 0..10 ok 0\n 3 read q @0 11..20 ok null'),
];

test('is right about every case', () => {
  expect(complaintsOf(checkRealTimeOrder, cases)).toEqual([]);
});

test('a finding names both operations', () => {
  const [finding] = checkRealTimeOrder(
    scriptedHistory('1 append q a 0..10 ok 1\n 2 append q b 11..20 ok 0 on n3'),
  ).findings;
  expect(finding).toEqual({
    anomaly: 'reordered',
    message: 'the append of b at 0 by client 2 began after the append of a at 1 by client 1 had returned',
    key: 'q',
    values: ['b', 'a'],
    offset: 0,
    node: 'n3',
    timeNs: 11,
    fatal: true,
  });
});

describe('a broken checker is caught', () => {
  const [file, sweep] = ['real-time-order.ts', 'order-sweep.ts'] as const;
  const mutations: Mutation[] = [
    ['order is flipped', sweep, '! > this.#needs[later]', '! < this.#needs[later]'],
    ['equal times are an order', sweep, '! < this.#callNs[later]', '! <= this.#callNs[later]'],
    ['the latest counts, not the highest', sweep, 'highest === -1 || this.#shows[at]', 'true || this.#shows[at]'],
    ['nothing is sorted', sweep, 'sorted ? order', 'true ? order'],
    ['one place for two is fine', file, '(result as number) + 1,', '(result as number),'],
    [
      'unknown sends end with their timeout',
      file,
      'operation.callNs, undefined, 0,',
      'operation.callNs, operation.endNs, 9,',
    ],
    ['unknown sends are left out', file, 'if (place === undefined && !says', 'if (place !== undefined || !says'],
    ['attempts are mixed up', file, 'if (id === -1) places.delete(value)', 'if (id === -2) places.delete(value)'],
    ['queues are mixed up', file, 'place?.key ?? operation.key', "'all'"],
    ['max is left out', file, "(op === 'append' || op === 'max')", "op === 'append'"],
    ['the end proves nothing', file, '0, offset);', '0, undefined);'],
    ['reads prove nothing', file, 'offset! + 1, undefined', '0, undefined'],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<{ checkRealTimeOrder: typeof checkRealTimeOrder }>(file, mutation);
    expect(complaintsOf(mutant.checkRealTimeOrder, cases)).not.toEqual([]);
  });
});
