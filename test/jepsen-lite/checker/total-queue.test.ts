import { describe, expect, test } from 'vitest';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import { checkLog } from '../../../jepsen-lite/checker/log-checker.ts';
import { checkTotalQueue } from '../../../jepsen-lite/checker/total-queue.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';
import { scriptedHistory } from './scripted-history.ts';

const bag = (name: string, valid: true | false | 'unknown', anomalies: string[], script: string) => ({
  name,
  input: scriptedHistory(script),
  valid,
  anomalies,
});

const cases: AnomalyCase<History>[] = [
  bag('an empty history', 'unknown', [], 'drained'),
  bag('registers only', 'unknown', [], '1 write r x 0..5 ok \n 1 read r 6..7 ok x \n drained'),
  bag(
    'what went in came out, one of it twice from the same place',
    true,
    [],
    `1 append q a 0..10 ok 0
     1 append q b 11..20 ok 1
     2 read q @0 30..40 ok a
     2 read q @1 30..40 ok b
     3 read q @1 50..60 ok b
     drained`,
  ),
  bag(
    'an acknowledged message is lost',
    false,
    ['lost'],
    `1 append q a 0..10 ok 0
     1 append q b 11..20 ok 1
     2 read q @0 30..40 ok a
     drained`,
  ),
  bag(
    'a message acknowledged at the second attempt is lost',
    false,
    ['lost'],
    `1 append q a 0..10 info timeout
     1 append q a 11..20 ok 0
     drained`,
  ),
  bag('unread before the end of the drain', 'unknown', ['lost'], '1 append q a 0..10 ok 0'),
  bag('all read, but the drain did not end', 'unknown', [], '1 append q a 0..10 ok 0 \n 2 read q @0 20..30 ok a'),
  bag(
    'a failed message that nobody reads, an unknown one that nobody reads',
    true,
    [],
    `1 append q a 0..10 fail code-14
     1 append q b 11..20 info timeout
     1 append q c 21..- info
     drained`,
  ),
  bag(
    'an unknown message is there',
    true,
    ['recovered'],
    `1 append q a 0..10 info timeout
     2 read q @0 20..30 ok a
     drained`,
  ),
  bag(
    'a failed message is there',
    false,
    ['aborted-read'],
    `1 append q a 0..10 fail code-14
     2 read q @0 20..30 ok a
     drained`,
  ),
  bag(
    'failed first, acknowledged later',
    true,
    [],
    `1 append q a 0..10 fail code-14
     1 append q a 11..20 ok 0
     2 read q @0 20..30 ok a
     drained`,
  ),
  bag('nobody sent it', false, ['unexpected'], '2 read q @0 20..30 ok a \n drained'),
  bag(
    'one send, two places',
    false,
    ['duplicated'],
    `1 append q a 0..10 ok 0
     2 read q @0 20..30 ok a
     2 read q @1 20..30 ok a
     drained`,
  ),
  bag(
    'one send, two queues',
    false,
    ['duplicated'],
    `1 append q a 0..10 ok 0
     2 read q @0 20..30 ok a
     2 read p @0 20..30 ok a
     drained`,
  ),
  bag(
    'two attempts, two places',
    true,
    [],
    `1 append q a 0..10 info timeout
     1 append q a 11..20 ok 1
     2 read q @0 20..30 ok a
     2 read q @1 20..30 ok a
     drained`,
  ),
  bag(
    'two attempts, but one certainly failed',
    false,
    ['duplicated'],
    `1 append q a 0..10 fail code-14
     1 append q a 11..20 ok 1
     2 read q @0 20..30 ok a
     2 read q @1 20..30 ok a
     drained`,
  ),
  bag(
    'one send that took two attempts, two places',
    true,
    [],
    `1 append q a 0..10 ok 1 tries 2
     2 read q @0 20..30 ok a
     2 read q @1 20..30 ok a
     drained`,
  ),
  bag(
    'one send that took two attempts, three places',
    false,
    ['duplicated'],
    `1 append q a 0..10 ok 1 tries 2
     2 read q @0 20..30 ok a
     2 read q @1 20..30 ok a
     2 read q @2 20..30 ok a
     drained`,
  ),
  bag(
    'a read that saw the end brings nothing',
    true,
    [],
    '1 append q a 0..10 ok 0 \n 2 read q @0 20..30 ok a \n 2 read q @1 31..32 ok null \n drained',
  ),
];

const check = (history: History) => checkTotalQueue(history, { duplicates: 'forbidden' });

test('is right about every case', () => {
  expect(complaintsOf(check, cases)).toEqual([]);
});

test('a finding names offset, node, time and key', () => {
  const history = scriptedHistory('1 append q/0 a 5..10 ok 7 on broker-n1 \n drained');
  expect(check(history).findings).toEqual([
    {
      anomaly: 'lost',
      message: 'a was acknowledged, but never read',
      key: 'q/0',
      values: ['a'],
      offset: 7,
      node: 'broker-n1',
      timeNs: 10,
      fatal: true,
    },
  ]);
});

test('duplicates are only told where a client may send twice on its own', () => {
  const history = cases.find(({ name }) => name === 'one send, two places')!.input;
  const verdict = checkTotalQueue(history, { duplicates: 'told' });
  expect(verdict.valid).toBe(true);
  expect(verdict.counts).toMatchObject({ attempted: 1, acknowledged: 1, read: 1, duplicated: 1 });
});

test.each([
  ['one attempt that says so', '1 append q a 0..10 ok 0 tries 1', false],
  ['an unknown one that says so', '1 append q a 0..10 info timeout tries 1', false],
  [
    'one that says so beside one that certainly failed',
    '1 append q a 0..1 fail 14\n1 append q a 2..9 ok 0 tries 1',
    false,
  ],
  ['one that says so beside one that does not', '1 append q a 0..1 info t tries 1\n1 append q a 2..9 fail 14', false],
  ['one that does not say so', '1 append q a 0..10 ok 0', true],
] as const)('three copies, where attempts may be hidden: %s', (_, sends, valid) => {
  const reads = [0, 1, 2].map((place) => `2 read q @${place} 20..30 ok a`).join('\n');
  const history = scriptedHistory(`${sends}\n${reads}\ndrained`);
  expect(checkTotalQueue(history, { duplicates: 'told' }).valid).toBe(valid);
  expect(checkLog(history, { duplicates: 'told' }).valid).toBe(valid);
});

describe('a broken checker is caught', () => {
  const file = 'total-queue.ts';
  const mutations: Mutation[] = [
    ['lost is not looked for', file, 'message.acknowledged) judgeUnread', '!message.acknowledged) judgeUnread'],
    ['unknown counts as acknowledged', file, "=== 'ok') message.ack", "!== 'fail') message.ack"],
    [
      'unknown counts as failed',
      file,
      "if (operation.outcome === 'fail') return",
      "if (operation.outcome !== 'ok') return",
    ],
    ['failed counts as an attempt', file, "if (operation.outcome === 'fail') return", ''],
    ['attempts are not asked for', file, 'operation.attempts ?? 1', '1'],
    ['one copy too many is fine', file, 'copies > Math.max(1', 'copies - 1 > Math.max(1'],
    ['redelivery counts as a copy', file, 'message.places?.size ??', 'message.readings > 1 ? message.readings :'],
    ['queues are mixed up', file, 'first.key !== operation.key || ', ''],
    ['an unexpected message is fine', file, "findings.add('unexpected'", "[].concat('unexpected'"],
    ['the drain is not asked for', file, 'if (!history.drained) findings', 'if (false) findings'],
    ['an empty history passes', 'verdict.ts', 'if (examined === 0)', 'if (false)'],
    [
      'a read of the end is a message',
      'queue-index.ts',
      " && outcome === 'ok' && result !== null",
      " && outcome === 'ok'",
    ],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<{ checkTotalQueue: typeof checkTotalQueue }>(file, mutation);
    const broken = (history: History) => mutant.checkTotalQueue(history, { duplicates: 'forbidden' });
    expect(complaintsOf(broken, cases)).not.toEqual([]);
  });
});
