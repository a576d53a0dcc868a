import { describe, expect, test } from 'vitest';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import { checkLog } from '../../../jepsen-lite/checker/log-checker.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';
import { scriptedHistory } from './scripted-history.ts';

const log = (name: string, valid: true | false | 'unknown', anomalies: string[], script: string) => ({
  name,
  input: scriptedHistory(script),
  valid,
  anomalies,
});

/** Three messages in order, before what each case adds. */
const abc = `1 append q a 0..10 ok 0
  1 append q b 11..20 ok 1
  1 append q c 21..30 ok 2
  drained`;

/** Clients 8 and 9 are one group that must consume in order; the others promise nothing. */
const orderedGroupOf = (process: number) => (process >= 8 ? 'ordered' : undefined);

const cases: AnomalyCase<History>[] = [
  log('an empty history', 'unknown', [], 'drained'),
  log('all in order', true, [], `${abc}\n 3 read q @0 40..50 ok a\n 3 read q @1 51..60 ok b\n 3 read q @2 61..70 ok c`),
  log(
    'one poll brings all',
    true,
    [],
    `${abc}\n 3 read q @0 40..50 ok a group 1\n 3 read q @1 40..50 ok b group 1\n 3 read q @2 40..50 ok c group 1`,
  ),
  log(
    'lost below the highest offset read',
    false,
    ['lost-write'],
    `${abc}\n 3 read q @0 40..50 ok a\n 4 read q @2 61..70 ok c`,
  ),
  log(
    'the same before the drain ended',
    'unknown',
    ['lost-write'],
    `${abc.replace('drained', '')}\n 3 read q @0 40..50 ok a\n 4 read q @2 61..70 ok c`,
  ),
  log('lost at the end of the queue', false, ['unseen'], `${abc}\n 3 read q @0 40..50 ok a\n 3 read q @1 51..60 ok b`),
  log('lost without a known place', false, ['unseen'], '1 append ? a 0..10 ok \n drained'),
  log(
    'acknowledged without a place, and read',
    true,
    [],
    '1 append ? a 0..10 ok \n 3 read q @0 20..30 ok a \n drained',
  ),
  log('unseen, not drained', 'unknown', ['unseen'], '1 append q a 0..10 ok 0'),
  log(
    'another message at its place, it itself elsewhere',
    false,
    ['duplicate', 'inconsistent-offsets', 'lost-write'],
    '1 append q a 0..10 ok 0\n 2 append q b 0..10 info timeout\n 3 read q @0 20..30 ok b\n 3 read q @1 20..30 ok a\n drained',
  ),
  log(
    'two acknowledged at one place',
    false,
    ['inconsistent-offsets', 'lost-write'],
    '1 append q a 0..10 ok 0\n 2 append q b 0..10 ok 0\n 3 read q @0 20..30 ok a\n drained',
  ),
  log(
    'two readers see two messages at one place',
    false,
    ['inconsistent-offsets'],
    '1 append q a 0..10 info t\n 2 append q b 0..10 info t\n 3 read q @0 20..30 ok a\n 4 read q @0 20..30 ok b\n drained',
  ),
  log('aborted read', false, ['aborted-read'], '1 append q a 0..10 fail code-14\n 3 read q @0 20..30 ok a\n drained'),
  log(
    'failed once, then acknowledged',
    true,
    [],
    '1 append q a 0..10 fail code-14\n 1 append q a 11..15 ok 0\n 3 read q @0 20..30 ok a\n drained',
  ),
  log(
    'duplicate',
    false,
    ['duplicate'],
    '1 append q a 0..10 ok 0\n 3 read q @0 20..30 ok a\n 3 read q @1 20..30 ok a\n drained',
  ),
  log(
    'duplicate in another queue',
    false,
    ['duplicate'],
    '1 append q a 0..10 ok 0\n 3 read q @0 20..30 ok a\n 3 read p @0 20..30 ok a\n drained',
  ),
  log(
    'one copy for each attempt',
    true,
    [],
    '1 append q a 0..9 info t\n 1 append q a 10..15 ok 1\n 3 read q @0 20..30 ok a\n 3 read q @1 20..30 ok a\n drained',
  ),
  log(
    'one copy for each attempt that a send tells of',
    true,
    [],
    '1 append q a 0..15 ok 1 tries 2\n 3 read q @0 20..30 ok a\n 3 read q @1 20..30 ok a\n drained',
  ),
  log(
    'a copy more than the attempts that a send tells of',
    false,
    ['duplicate'],
    '1 append q a 0..15 ok 1 tries 1\n 3 read q @0 20..30 ok a\n 3 read q @1 20..30 ok a\n drained',
  ),
  log(
    'a client goes back between polls',
    false,
    ['nonmonotonic-poll'],
    `${abc}\n 3 read q @0 40..50 ok a\n 3 read q @1 51..60 ok b\n 3 read q @0 61..70 ok a\n 4 read q @1 71..72 ok b\n 4 read q @2 73..80 ok c`,
  ),
  log(
    'a client goes back after it was assigned anew, two queues side by side',
    true,
    [],
    `${abc}\n 3 read q @0 40..50 ok a\n 3 read q @1 51..60 ok b\n 3 assign q 61\n 3 read q @0 62..70 ok a\n 4 read q @1 71..72 ok b\n 4 read q @2 73..80 ok c
     1 append p d 0..1 ok 0\n 4 read p @0 81..82 ok d`,
  ),
  log(
    'a client goes back, another was assigned anew',
    false,
    ['nonmonotonic-poll'],
    `${abc}\n 3 read q @2 40..50 ok c\n 4 assign q 61\n 3 read q @0 62..70 ok a\n 3 read q @1 71..72 ok b`,
  ),
  log(
    'a client jumps between polls over what another read',
    false,
    ['skipped-poll'],
    `${abc}\n 4 read q @1 40..50 ok b\n 3 read q @0 40..50 ok a\n 3 read q @2 51..60 ok c`,
  ),
  log(
    'a jump over offsets that hold nothing (filtered, or not of this run)',
    true,
    [],
    '1 append q a 0..10 ok 0\n 1 append q b 11..20 ok 5\n 3 read q @0 40..50 ok a\n 3 read q @5 51..60 ok b\n drained',
  ),
  log(
    'a poll goes back inside',
    false,
    ['internal-nonmonotonic-poll'],
    `${abc}\n 3 read q @0 40..50 ok a group 1\n 3 read q @2 40..50 ok c group 1\n 3 read q @1 40..50 ok b group 1`.replace(
      '3 read q @0 40..50 ok a group 1\n 3 read q @2',
      '3 read q @0 31..39 ok a\n 3 assign q 39\n 3 read q @2',
    ),
  ),
  log(
    'a poll jumps inside',
    false,
    ['internal-skipped-poll'],
    `${abc}\n 4 read q @1 40..50 ok b\n 3 read q @0 40..50 ok a group 1\n 3 read q @2 40..50 ok c group 1`,
  ),
  log(
    'offsets of one client go back',
    false,
    ['nonmonotonic-send'],
    '1 append q a 0..10 ok 1\n 1 append q b 11..20 ok 0\n 3 read q @0 40..50 ok b\n 3 read q @1 51..60 ok a\n drained',
  ),
  log(
    'sends of one client that overlap, and of two clients',
    true,
    [],
    `1 append q a 0..10 ok 1\n 1 append q b 10..20 ok 0\n 2 append q c 21..22 ok 3\n 1 append q d 23..24 ok 2
     3 read q @0 40..50 ok b\n 3 read q @1 51..60 ok a\n 3 read q @2 61..62 ok d\n 3 read q @3 63..64 ok c\n drained`,
  ),
  log(
    'offsets in a batch go back',
    false,
    ['internal-nonmonotonic-send'],
    '1 append q a 0..10 ok 1 group 1\n 1 append q b 0..10 ok 0 group 1\n 3 read q @0 40..50 ok b\n 3 read q @1 51..60 ok a\n drained',
  ),
  log(
    'offsets in a batch rise',
    true,
    [],
    '1 append q a 0..10 ok 0 group 1\n 1 append q b 0..10 ok 1 group 1\n 3 read q @0 40..50 ok a\n 3 read q @1 51..60 ok b\n drained',
  ),
  log(
    'a group that must consume in order does not',
    false,
    ['consume-order'],
    `${abc}\n 8 read q @0 40..50 ok a\n 8 assign q 51\n 8 read q @2 52..60 ok c\n 9 read q @1 61..70 ok b`,
  ),
  log(
    'the same by clients that promise no order',
    true,
    [],
    `${abc}\n 3 read q @0 40..50 ok a\n 3 assign q 51\n 3 read q @2 52..60 ok c\n 4 read q @1 61..70 ok b`,
  ),
  log(
    'an ordered group goes back to what it had',
    true,
    [],
    `${abc}\n 8 read q @0 40..50 ok a\n 8 read q @1 51..60 ok b\n 8 read q @2 61..70 ok c\n 9 read q @1 71..80 ok b`,
  ),
];

const check = (history: History) => checkLog(history, { duplicates: 'forbidden', orderedGroupOf });

test('is right about every case', () => {
  expect(complaintsOf(check, cases)).toEqual([]);
});

test('duplicates are only told where a client may send twice on its own', () => {
  const { input } = cases.find(({ name }) => name === 'duplicate')!;
  const verdict = checkLog(input, { duplicates: 'told' });
  expect(verdict.valid).toBe(true);
  expect(verdict.findings.map(({ anomaly, fatal }) => [anomaly, fatal])).toEqual([['duplicate', false]]);
});

test('a finding names offset, node, time and key', () => {
  const script = `${abc}\n 4 read q @1 32..33 ok b\n 3 read q @0 40..50 ok a\n 3 read q @2 51..60 ok c on n2`;
  const [finding] = check(scriptedHistory(script)).findings;
  expect(finding).toMatchObject({
    anomaly: 'skipped-poll',
    key: 'q',
    offset: 2,
    node: 'n2',
    timeNs: 51,
    values: ['c'],
  });
  expect(finding!.message).toBe('client 3 read offset 2 after 0, over 1');
});

describe('a broken checker is caught', () => {
  const [file, index, order, sweep] = ['log-checker.ts', 'queue-index.ts', 'poll-order.ts', 'order-sweep.ts'] as const;
  const mutations: Mutation[] = [
    [
      'acknowledged messages are not looked for',
      file,
      "if (send.outcome === 'ok') judge",
      "if (send.outcome === 'x') judge",
    ],
    ['read anywhere is enough', file, 'reads.some(isHere)', 'reads.length > 0'],
    ['an unknown place may be lost', file, 'offset === undefined ? reads.length > 0', 'offset === undefined ? true'],
    ['lost-write is called unseen', file, 'offset <= queue.highestRead', 'offset < 0'],
    ['the drain decides nothing', file, 'values: [value], fatal: drained', 'values: [value], fatal: true'],
    ['a missing drain is fine', file, 'if (!history.drained) findings', 'if (false) findings'],
    ['aborted reads are fine', file, 'attempts.length === 0 && reads', 'attempts.length > 9 && reads'],
    ['a retry hides an aborted read', file, "send.outcome !== 'fail')", "send.outcome === 'ok')"],
    ['duplicates are fine', file, 'places.size > Math.max(1', 'places.size > Math.max(9'],
    ['attempts are not asked for', file, 'send.attempts ?? 1', '1'],
    ['queues are mixed up in duplicates', file, '{read.key}@$', ''],
    ['two values at one place are fine', index, 'known.value !== value', 'known.value === undefined'],
    ['going back is fine', order, 'if (to <= from)', 'if (to < 0)'],
    ['internal and external are mixed up', order, "internal ? 'internal-n", "!internal ? 'internal-n"],
    ['jumps are fine', index, 'found !== undefined && found < before', 'found !== undefined && found < 0'],
    [
      'a jump over nothing is a jump',
      order,
      'to === from + 1 ? undefined : knownBetween(queue, from, to)',
      'to === from + 1 ? undefined : from + 1',
    ],
    ['assignments are ignored', order, "if (operation.op === 'assign')", 'if (false)'],
    ['an assignment holds for everybody', order, 'latest.get(process)?.delete(key)', 'latest.clear()'],
    ['order in a batch is not looked at', order, 'if (together && ', 'if (false && '],
    ['sends of two clients are compared', order, '{operation.process} $', ''],
    ['equal times are an order', sweep, '! < this.#callNs[later]', '! <= this.#callNs[later]'],
    ['order is flipped', sweep, '! > this.#needs[later]', '! < this.#needs[later]'],
    ['nobody must consume in order', file, 'if (options.orderedGroupOf !== undefined)', 'if (false)'],
    ['everybody must consume in order', file, 'orderedGroupOf?.(operation.process) : undefined', "'all' : undefined"],
    ['redelivery breaks the order', file, 'if (!seen.has(operation.offset!)) ', ''],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<{ checkLog: typeof checkLog }>(file, mutation);
    const broken = (history: History) => mutant.checkLog(history, { duplicates: 'forbidden', orderedGroupOf });
    expect(complaintsOf(broken, cases)).not.toEqual([]);
  });
});
