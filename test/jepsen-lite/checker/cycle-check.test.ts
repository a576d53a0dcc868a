import { describe, expect, test } from 'vitest';
import { checkCycles } from '../../../jepsen-lite/checker/cycle-check.ts';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';
import { scriptedHistory } from './scripted-history.ts';

const cycles = (name: string, valid: true | false | 'unknown', anomalies: string[], script: string) => ({
  name,
  input: scriptedHistory(script),
  valid,
  anomalies,
});

/** Reads everything of two queues, message by message, so that no message is hidden. */
const readAll = (p: string, q: string) =>
  [
    ...[...p].map((value, at) => `9 read p @${at} 90..91 ok ${value}`),
    ...[...q].map((value, at) => `9 read q @${at} 90..91 ok ${value}`),
  ]
    .concat('drained')
    .join('\n');

const cases: AnomalyCase<History>[] = [
  cycles('an empty history', 'unknown', [], 'drained'),
  cycles(
    'two transactions one after the other',
    true,
    [],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1
     2 append p c 5..20 ok 1 in 2\n 2 append q d 5..20 ok 1 in 2\n ${readAll('ac', 'bd')}`,
  ),
  cycles(
    'write cycle',
    false,
    ['G0'],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 1 in 1
     2 append p c 5..20 ok 1 in 2\n 2 append q d 5..20 ok 0 in 2\n ${readAll('ac', 'db')}`,
  ),
  cycles(
    'write cycle, of which only reads know the offsets',
    false,
    ['G0'],
    `1 append p a 0..10 ok in 1\n 1 append q b 0..10 ok in 1
     2 append p c 5..20 info t in 2\n 2 append q d 5..20 info t in 2\n ${readAll('ac', 'db')}`,
  ),
  cycles(
    'three transactions write in a circle',
    false,
    ['G0'],
    `1 append p a 0..10 ok 0 in 1\n 2 append p b 0..10 ok 1 in 2
     2 append q c 0..10 ok 0 in 2\n 3 append q d 0..10 ok 1 in 3
     3 append r e 0..10 ok 0 in 3\n 1 append r f 0..10 ok 1 in 1
     9 read r @0 90..91 ok e\n 9 read r @1 90..91 ok f\n ${readAll('ab', 'cd')}`,
  ),
  cycles(
    'each reads what the other writes',
    false,
    ['G1c'],
    `1 append p a 0..10 ok 0 in 1\n 1 read q @0 0..10 ok b in 1
     2 append q b 0..10 ok 0 in 2\n 2 read p @0 0..10 ok a in 2\n drained`,
  ),
  cycles(
    'one writes after what the other wrote, which reads from it',
    false,
    ['G1c'],
    `1 append p a 0..10 ok 0 in 1\n 1 read q @0 0..10 ok c in 1
     2 append p b 0..10 ok 1 in 2\n 2 append q c 0..10 ok 0 in 2\n ${readAll('ab', 'c')}`,
  ),
  cycles(
    'one writes after what the other wrote, and reads from it',
    true,
    [],
    `1 append p a 0..10 ok 0 in 1\n 1 append q c 0..10 ok 0 in 1
     2 append p b 0..10 ok 1 in 2\n 2 read q @0 0..10 ok c in 2\n ${readAll('ab', 'c')}`,
  ),
  cycles(
    'one reads what the other writes',
    true,
    [],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1\n 2 read p @0 0..10 ok a in 2\n 2 read q @0 0..10 ok b in 2\n drained`,
  ),
  cycles(
    'reads its own writes',
    true,
    [],
    '1 append p a 0..10 ok 0 in 1\n 1 read p @0 0..10 ok a in 1\n 1 max p 0..10 ok 1 in 1\n drained',
  ),
  cycles(
    'one reads a later write and had seen the end before an earlier one',
    false,
    ['G-single'],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1
     2 read p @0 0..10 ok a in 2\n 2 max q 0..10 ok 0 in 2\n ${readAll('a', 'b')}`,
  ),
  cycles(
    'the same by a read of the end',
    false,
    ['G-single'],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1
     2 read p @0 0..10 ok a in 2\n 2 read q @0 0..10 ok null in 2\n ${readAll('a', 'b')}`,
  ),
  cycles(
    'saw both ends before',
    true,
    [],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1
     2 max p 0..10 ok 0 in 2\n 2 max q 0..10 ok 0 in 2\n ${readAll('a', 'b')}`,
  ),
  cycles(
    'saw the end behind what it read',
    true,
    [],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1
     2 read p @0 0..10 ok a in 2\n 2 max q 0..10 ok 1 in 2\n ${readAll('a', 'b')}`,
  ),
  cycles(
    'two that saw an end each: write skew, two rw edges, not judged',
    true,
    [],
    `1 append p a 0..10 ok 0 in 1\n 1 max q 0..10 ok 0 in 1
     2 append q b 0..10 ok 0 in 2\n 2 max p 0..10 ok 0 in 2\n ${readAll('a', 'b')}`,
  ),
  cycles(
    'a poll is one transaction',
    false,
    ['G-single'],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1
     2 read p @0 0..10 ok a group 5\n 2 read q @0 0..10 ok null group 5\n ${readAll('a', 'b')}`,
  ),
  cycles(
    'the same messages, read one by one',
    true,
    [],
    `1 append p a 0..10 ok 0 in 1\n 1 append q b 0..10 ok 0 in 1
     2 read p @0 0..10 ok a\n 2 read q @0 0..10 ok null\n ${readAll('a', 'b')}`,
  ),
  cycles(
    'a rolled-back message is seen',
    false,
    ['G1a'],
    '1 append p a 0..10 fail rollback in 1\n 2 read p @0 20..30 ok a\n drained',
  ),
  cycles(
    'rolled back once, committed at the second attempt',
    true,
    [],
    '1 append p a 0..10 fail rollback in 1\n 1 append p a 11..15 ok in 2\n 2 read p @0 20..30 ok a\n drained',
  ),
  cycles('a committed message stays hidden', false, ['hidden-commit'], '1 append p a 0..10 ok in 1\n drained'),
  cycles(
    'a committed message is hidden before the end of the drain',
    'unknown',
    ['hidden-commit'],
    '1 append p a 0..10 ok in 1',
  ),
  cycles(
    'rolled back and unknown messages stay hidden',
    true,
    [],
    '1 append p a 0..10 fail rollback in 1\n 1 append p b 11..12 info t in 2\n 1 max p 13..14 ok 0\n drained',
  ),
];

test('is right about every case', () => {
  expect(complaintsOf(checkCycles, cases)).toEqual([]);
});

test('a finding tells the cycle', () => {
  const [finding] = checkCycles(cases.find(({ name }) => name === 'each reads what the other writes')!.input).findings;
  expect(finding!.message).toBe('T1 -wr p@0-> T2 -wr q@0-> T1');
  expect(finding).toMatchObject({ key: 'p', offset: 0, values: ['a', 'b'] });
});

describe('a broken checker is caught', () => {
  const [file, graph, components] = ['cycle-check.ts', 'dependency-graph.ts', 'strong-components.ts'] as const;
  const mutations: Mutation[] = [
    ['write cycles are fine', file, "createGraph(size, only('ww'))", 'createGraph(size, [])'],
    ['read cycles are fine', file, "only('ww', 'wr')", "only('ww')"],
    [
      'write cycles are told as read cycles too',
      file,
      'if (!part.some((transaction) => inWrites.has(transaction)))',
      'if (part.length > 0)',
    ],
    ['single dependencies are fine', file, 'if (back !== undefined)', 'if (false)'],
    [
      'any number of rw edges counts',
      file,
      'findCycle(reads, part, edge)',
      'findCycle(createGraph(size, dependencies), part, edge)',
    ],
    ['rollbacks may be seen', graph, "write?.outcome === 'fail'", "write?.outcome === 'x'"],
    ['a retry is not looked for', graph, "known.operation.outcome === 'fail' && outcome !== 'fail'", 'false'],
    ['unknown must be seen', graph, "outcome === 'ok' && !read.has", "outcome !== 'fail' && !read.has"],
    ['commits may stay hidden', graph, "outcome === 'ok' && !read.has", "outcome === 'x' && !read.has"],
    ['hidden before the end of the drain', file, 'fatal: history.drained', 'fatal: true'],
    ['the drain is not asked for', file, 'if (!history.drained) findings', 'if (false) findings'],
    ['writes are in no order', graph, 'sort(([a], [b]) => a - b)', 'sort(([a], [b]) => b - a)'],
    ['offsets come from answers alone', graph, 'if (write !== undefined) place', 'if (write === null) place'],
    ['the end is one further', graph, 'offsets[middle]! < from', 'offsets[middle]! <= from'],
    [
      'rw edges go the wrong way',
      graph,
      "from: transaction, to: writer, kind: 'rw'",
      "from: writer, to: transaction, kind: 'rw'",
    ],
    ['polls fall apart', graph, "operation.op === 'read' ? operation.group : 0", '0'],
    ['circles of two are not found', components, 'if (part.length > 1)', 'if (part.length > 2)'],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<{ checkCycles: typeof checkCycles }>(file, mutation);
    expect(complaintsOf(mutant.checkCycles, cases)).not.toEqual([]);
  });
});
