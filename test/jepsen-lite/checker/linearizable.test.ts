import { describe, expect, test } from 'vitest';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import {
  checkLinearizableLogs,
  checkLinearizableRegisters,
} from '../../../jepsen-lite/checker/linearizable-register.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';
import { scriptedHistory } from './scripted-history.ts';

const maxSteps = 100_000;

const linear = (name: string, valid: true | false | 'unknown', script: string): AnomalyCase<History> => ({
  name,
  input: scriptedHistory(script),
  valid,
  anomalies: valid === false ? ['not-linearizable'] : [],
});

const registers = [
  linear('an empty history', 'unknown', 'drained'),
  linear('queues only', 'unknown', '1 append q a 0..10 ok 0 \n 3 read q @0 20..30 ok a'),
  linear('only unknown operations', 'unknown', '1 write r x 0..10 info timeout'),
  linear('empty at first', true, '1 read r 0..1 ok null'),
  linear('write and read', true, '1 write r x 0..10 ok \n 2 read r 11..20 ok x'),
  linear('stale read', false, '1 write r x 0..10 ok \n 1 write r y 11..20 ok \n 2 read r 21..30 ok x'),
  linear('read of what is not written yet', false, '2 read r 0..1 ok x \n 1 write r x 5..10 ok'),
  linear('either, while they overlap', true, '1 write r x 0..10 ok \n 2 read r 5..6 ok x \n 3 read r 7..20 ok x'),
  linear('old after new', false, '1 write r x 0..10 ok \n 2 read r 2..3 ok x \n 3 read r 4..5 ok null'),
  linear('equal times overlap', true, '1 write r x 0..10 ok \n 2 read r 10..20 ok null'),
  linear(
    'two keys',
    true,
    '1 write r x 0..10 ok \n 1 write s y 11..20 ok \n 2 read r 21..30 ok x \n 2 read s 31..40 ok y',
  ),
  linear('a number is no text', false, '1 write r 1 0..10 ok \n 2 cas r 1>2 11..12 ok true \n 2 read r 13..14 ok 1'),
  linear(
    'an unknown write is seen late',
    true,
    '1 write r x 0..5 info t \n 2 read r 6..7 ok null \n 2 read r 90..91 ok x',
  ),
  linear(
    'an unknown write is seen and then gone',
    false,
    '1 write r x 0..5 info t \n 2 read r 6..7 ok x \n 2 read r 8..9 ok null',
  ),
  linear(
    'an unknown write is never seen',
    true,
    '1 write r x 0..5 info t \n 1 write r y 6..- \n 2 read r 6..7 ok null',
  ),
  linear('a failed write is seen', false, '1 write r x 0..5 fail code-14 \n 2 read r 6..7 ok x'),
  linear('an unknown read says nothing', true, '1 write r x 0..5 ok \n 2 read r 6..7 info t \n 2 read r 8..9 ok x'),
  linear(
    'cas that finds what it expects',
    true,
    '1 write r x 0..5 ok \n 2 cas r x>y 6..7 ok true \n 3 read r 8..9 ok y',
  ),
  linear(
    'cas that finds something else',
    true,
    '1 write r x 0..5 ok \n 2 cas r z>y 6..7 ok false \n 3 read r 8..9 ok x',
  ),
  linear('cas done twice', false, '1 write r x 0..5 ok \n 2 cas r x>y 6..7 ok true \n 3 cas r x>z 8..9 ok true'),
  linear('cas refused without reason', false, '1 write r x 0..5 ok \n 2 cas r x>y 6..7 ok false'),
  linear(
    'cas refused because of an unseen unknown write',
    true,
    '1 write r x 0..5 ok \n 3 write r z 6..9 info t \n 2 cas r x>y 10..11 ok false',
  ),
  linear('unknown cas is seen', true, '1 write r x 0..5 ok \n 2 cas r x>y 6..7 info t \n 3 read r 8..9 ok y'),
  linear(
    'unknown cas cannot have found it',
    false,
    '1 write r x 0..5 ok \n 2 cas r z>y 6..7 info t \n 3 read r 8..9 ok y',
  ),
  linear('unknown cas from empty', true, '2 cas r null>y 6..7 info t \n 3 read r 8..9 ok y'),
  linear(
    'of alike unknown writes a later one is the one that is seen',
    true,
    `1 write r x 0..1 info t \n 2 write r x 2..3 info t \n 3 read r 4..5 ok x \n 3 write r y 6..7 ok \n 3 read r 8..9 ok x
     3 write r z 10..11 ok \n 3 read r 12..13 ok z`,
  ),
  linear(
    'two alike unknown writes are seen three times',
    false,
    `1 write r x 0..1 info t \n 2 write r x 2..3 info t \n 3 read r 4..5 ok x \n 3 write r y 6..7 ok \n 3 read r 8..9 ok x
     3 write r z 10..11 ok \n 3 read r 12..13 ok x`,
  ),
  linear(
    'a search that must go back',
    true,
    `1 write r a 0..100 ok \n 2 write r b 0..100 ok \n 3 write r c 0..100 ok
     4 read r 10..20 ok c \n 4 read r 21..30 ok a \n 4 read r 31..40 ok b \n 4 read r 110..120 ok b`,
  ),
  linear(
    'readers disagree about an order',
    false,
    `1 write r a 0..100 ok \n 2 write r b 0..100 ok
     4 read r 10..20 ok a \n 4 read r 21..30 ok b \n 5 read r 10..20 ok b \n 5 read r 21..30 ok a`,
  ),
];

const logs = [
  linear('an empty history', 'unknown', 'drained'),
  linear('registers only', 'unknown', '1 write r x 0..10 ok'),
  linear(
    'in order',
    true,
    '1 append q a 0..10 ok 0 \n 2 append q b 11..20 ok 1 \n 3 max q 21..30 ok 2 \n 3 read q @1 31..40 ok b',
  ),
  linear('reordered', false, '1 append q a 0..10 ok 1 \n 2 append q b 11..20 ok 0'),
  linear('a hole', false, '1 append q a 0..10 ok 0 \n 2 append q b 11..20 ok 2'),
  linear(
    'a hole that an unknown send fills',
    true,
    '1 append q a 0..10 ok 0 \n 3 append q c 0..9 info t \n 2 append q b 11..20 ok 2',
  ),
  linear(
    'a hole before the unknown send began',
    false,
    '1 append q a 0..10 ok 0 \n 2 append q b 11..20 ok 2 \n 3 append q c 21..29 info t',
  ),
  linear(
    'a hole that a send without a queue fills',
    true,
    '1 append q a 0..10 ok 0 \n 3 append ? c 0..9 info t \n 2 append q b 11..20 ok 2',
  ),
  linear(
    'that send was read elsewhere',
    false,
    '1 append q a 0..10 ok 0 \n 3 append ? c 0..9 info t \n 2 append q b 11..20 ok 2 \n 3 read p @0 21..22 ok c',
  ),
  linear(
    'two attempts without a queue, found in two',
    true,
    '1 append ? a 0..1 info t \n 1 append ? a 2..3 info t \n 3 read q @0 5..6 ok a \n 3 read p @0 5..6 ok a',
  ),
  linear('one place for two', false, '1 append q a 0..10 ok 0 \n 2 append q b 0..10 ok 0'),
  linear(
    'another value is read',
    false,
    '1 append q a 0..10 ok 0 \n 2 append q b 0..10 ok 1 \n 3 read q @0 20..30 ok b',
  ),
  linear('the value is not there any more', false, '1 append q a 0..10 ok 0 \n 3 read q @0 20..30 ok null'),
  linear('max too low', false, '1 append q a 0..10 ok 0 \n 3 max q 20..30 ok 0'),
  linear('max while a send is open', true, '1 append q a 0..10 ok 0 \n 3 max q 5..9 ok 0 \n 3 max q 10..20 ok 1'),
  linear('a failed send is read', false, '1 append q a 0..10 fail code-14 \n 3 read q @0 20..30 ok a'),
  linear(
    'an unknown send is read',
    true,
    '1 append q a 0..10 info t \n 3 max q 11..12 ok 0 \n 3 read q @0 20..30 ok a \n 3 max q 40..50 ok 1',
  ),
  linear(
    'two attempts, read at both places',
    true,
    '1 append q a 0..10 info t \n 1 append q a 11..12 ok 1 \n 3 read q @0 20..30 ok a',
  ),
  linear('an acknowledged send without a place', true, '1 append q a 0..10 ok \n 3 max q 20..30 ok 1'),
  linear(
    'two acknowledged attempts without a place, one of which was read',
    true,
    '1 append q a 0..10 ok \n 1 append q a 11..12 ok \n 3 read q @0 20..30 ok a \n 3 max q 31..40 ok 2',
  ),
  linear(
    'many unknown sends that nobody read, some of which took a place',
    false,
    `${Array.from({ length: 24 }, (_, at) => `${at + 5} append q u${at} ${at}..90 info t`).join('\n')}
     1 append q a 100..110 ok 20 \n 1 append q b 111..120 ok 30`,
  ),
];

const checkRegisters = (history: History) => checkLinearizableRegisters(history, { maxSteps });
const checkLogs = (history: History) => checkLinearizableLogs(history, { maxSteps });

test('is right about every register', () => {
  expect(complaintsOf(checkRegisters, registers)).toEqual([]);
});

test('is right about every log', () => {
  expect(complaintsOf(checkLogs, logs)).toEqual([]);
});

test('a finding names the operation that cannot be ordered', () => {
  const history = scriptedHistory('1 write r x 0..10 ok \n 1 write r y 11..20 ok \n 2 read r 21..30 ok x on n2');
  expect(checkRegisters(history).findings).toEqual([
    {
      anomaly: 'not-linearizable',
      message: '2 of 3 operations can be ordered, but not the read by client 2 that answered x',
      key: 'r',
      values: ['x'],
      offset: undefined,
      node: 'n2',
      timeNs: 21,
      fatal: true,
    },
  ]);
});

test('a search without budget says unknown', () => {
  const history = registers.find(({ name }) => name === 'a search that must go back')!.input;
  const verdict = checkLinearizableRegisters(history, { maxSteps: 5 });
  expect(verdict).toMatchObject({ valid: 'unknown', reason: 'the search for r was given up after 5 steps' });
});

describe('a broken checker is caught', () => {
  const [entry, search, model] = ['linearizable-register.ts', 'linearizable-search.ts', 'model.ts'] as const;
  const mutations: Mutation[] = [
    ['reads may answer anything', model, 'operation.result === state ? { state } : undefined', '{ state }'],
    ['cas always succeeds', model, 'done ? operation.value! : state', 'operation.value!'],
    ['the answer of cas is not compared', model, "operation.outcome === 'ok' && operation.result !== done", 'false'],
    [
      'unknown writes are dropped',
      model,
      "(op === 'write' ? mismatch || seen.has(value) : op === 'cas')",
      "op === 'cas'",
    ],
    ['unknown cas are dropped', model, ": op === 'cas')", ': false)'],
    [
      'a mismatch needs no reason',
      model,
      "if (op === 'cas' && result === false) mismatch",
      "if (op === 'x' && result === false) mismatch",
    ],
    ['appends are not placed', model, 'result !== undefined && result !== state.length', 'result === -1'],
    [
      'max may be too low',
      model,
      "op === 'max') return result === state.length",
      "op === 'max') return (result as number) <= state.length",
    ],
    [
      'reads of a log are not compared',
      model,
      '=== result ? { state } : undefined;\n    },\n\n    prepare',
      '!== -1 ? { state } : undefined;\n    },\n\n    prepare',
    ],
    ['attempts are mixed up', model, 'sends.get(operation.value) === 1', 'sends.has(operation.value)'],
    ['failed operations take part', entry, "return outcome !== 'fail' && (op === 'write'", "return (op === 'write'"],
    ['failed sends take part', entry, "return outcome !== 'fail' && (op === 'append'", "return (op === 'append'"],
    [
      'keys are mixed up',
      entry,
      'if (isOnRegister(operation)) addTo(keys, operation.key,',
      "if (isOnRegister(operation)) addTo(keys, 'all',",
    ],
    ['sends without a queue are left out', entry, 'homes?.has(key) ?? true', 'false'],
    ['sends without a queue are everywhere', entry, 'homes?.has(key) ?? true', 'true'],
    [
      'returns stand before calls of their time',
      search,
      'Number(b.entry.isCall) - Number(a.entry.isCall)',
      'Number(a.entry.isCall) - Number(b.entry.isCall)',
    ],
    ['real time is ignored', search, '} else if (entry?.isCall) {', '} else if (entry !== undefined) {'],
    ['configurations forget the state', search, 'if (state !== wanted || first', 'if (first'],
    ['nothing is put back', search, '      putBack(last.entry);\n', ''],
    ['the state is not put back', search, '      state = last.state;\n', ''],
    ['nothing is ever impossible', search, 'linearizable: false, longest', 'linearizable: true, longest'],
    [
      'alike operations are found in no order',
      search,
      'entry?.isCall && seen.isFree(entry.previousAlike)',
      'entry?.isCall && entry.previousAlike === -1',
    ],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<typeof import('../../../jepsen-lite/checker/linearizable-register.ts')>(
      entry,
      mutation,
    );
    const complaints = [
      ...complaintsOf((history: History) => mutant.checkLinearizableRegisters(history, { maxSteps }), registers),
      ...complaintsOf((history: History) => mutant.checkLinearizableLogs(history, { maxSteps }), logs),
    ];
    expect(complaints).not.toEqual([]);
  });
});
