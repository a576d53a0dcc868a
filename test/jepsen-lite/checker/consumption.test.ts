import { describe, expect, test } from 'vitest';
import { checkConsumption, type StoredQueues } from '../../../jepsen-lite/checker/consumption.ts';
import { exportJsonl } from '../../../jepsen-lite/checker/export-jsonl.ts';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import { importJsonl } from '../../../jepsen-lite/checker/import-jsonl.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';
import { scriptedHistory } from './scripted-history.ts';

type Input = {
  readonly history: History;
  readonly queues: StoredQueues;
  readonly removedNs?: (key: string, offset: number) => number | undefined;
};

/** Clients 8 and 9 are members of the group; queue q/0 holds what the numbers say, and what is below `gone` was removed somewhere at `atNs`. */
function group(
  name: string,
  valid: true | false | 'unknown',
  anomalies: string[],
  [start, end]: readonly [number, number],
  script: string,
  removal?: { readonly gone: number; readonly atNs: number },
): AnomalyCase<Input> {
  const history = scriptedHistory(script);
  history.consumes(8, 'g');
  history.consumes(9, 'g');
  history.consumes(7, 'another');
  const queues = new Map([['q/0', { start, end }]]);
  if (removal === undefined) return { name, valid, anomalies, input: { history, queues } };
  const removedNs = (key: string, offset: number): number | undefined =>
    key === 'q/0' && offset < removal.gone ? removal.atNs : undefined;
  return { name, valid, anomalies, input: { history, queues, removedNs } };
}

const cases: AnomalyCase<Input>[] = [
  group('no message', 'unknown', [], [0, 0], 'drained'),
  group(
    'each message, one of them twice, by two members',
    true,
    [],
    [0, 2],
    `8 read q/0 @0 0..1 ok a
     9 read q/0 @0 2..3 ok a
     9 read q/0 @1 4..5 ok b
     drained`,
  ),
  group(
    'the first message of a pull left out',
    false,
    ['unconsumed'],
    [0, 3],
    `8 read q/0 @1 0..1 ok b
     8 read q/0 @2 0..1 ok c
     drained`,
  ),
  group(
    'the last message left out, which another group has',
    false,
    ['unconsumed'],
    [0, 2],
    `8 read q/0 @0 0..1 ok a
     7 read q/0 @0 0..1 ok a
     7 read q/0 @1 0..1 ok b
     drained`,
  ),
  group(
    'messages of another queue only',
    false,
    ['unconsumed'],
    [0, 1],
    `8 read q/1 @0 0..1 ok a
     drained`,
  ),
  group(
    'what retention removed before the group came to it',
    true,
    ['removed'],
    [2, 3],
    `8 read q/0 @0 0..1 ok a
     8 read q/0 @2 2..3 ok c
     drained`,
  ),
  group(
    'what one member removed before the group came to it, and another one still holds',
    true,
    ['removed'],
    [0, 3],
    `8 read q/0 @0 0..1 ok a
     8 read q/0 @2 20..21 ok c
     drained`,
    { gone: 2, atNs: 10 },
  ),
  group(
    'left out, and removed later',
    false,
    ['skipped'],
    [2, 4],
    `8 read q/0 @0 0..1 ok a
     8 read q/0 @2 5..6 ok c
     9 read q/0 @2 20..21 ok c
     9 read q/0 @3 20..21 ok d
     drained`,
    { gone: 2, atNs: 10 },
  ),
  group(
    'left out, though only what is before it was removed',
    false,
    ['removed', 'unconsumed'],
    [0, 3],
    `8 read q/0 @2 20..21 ok c
     drained`,
    { gone: 1, atNs: 10 },
  ),
  group(
    'something behind the end of the queue',
    false,
    ['not-stored'],
    [0, 1],
    `8 read q/0 @0 0..1 ok a
     8 read q/0 @1 2..3 ok b
     drained`,
  ),
  group('all, but the drain did not end', 'unknown', [], [0, 1], '8 read q/0 @0 0..1 ok a'),
];

const check = ({ history, ...rest }: Input) => checkConsumption(history, { group: 'g', ...rest });

test('is right about every case', () => {
  expect(complaintsOf(check, cases)).toEqual([]);
});

test('a finding names key, offset and value', () => {
  const history = scriptedHistory('1 append q/0 a 5..10 ok 0 \n drained');
  const { findings } = check({ history, queues: new Map([['q/0', { start: 0, end: 1 }]]) });
  expect(findings).toMatchObject([{ anomaly: 'unconsumed', key: 'q/0', offset: 0, values: ['a'] }]);
});

test('who consumes for which group goes through JSON lines', () => {
  const { history, queues } = cases[1]!.input;
  const read = importJsonl(exportJsonl(history, { withDetails: true }), { drained: true });
  if (!('history' in read)) throw new Error(read.error);
  expect(check({ history: read.history, queues }).valid).toBe(true);
});

describe('a broken checker is caught', () => {
  const file = 'consumption.ts';
  const mutations: Mutation[] = [
    ['unconsumed is not looked for', file, "findings.add('unconsumed'", "[].concat('unconsumed'"],
    ['any group will do', file, '!== group) mapOf', '=== undefined) mapOf'],
    ['the first message is not looked for', file, 'let offset = 0; offset < end', 'let offset = 1; offset < end'],
    ['the last message is not looked for', file, 'let offset = 0; offset < end', 'let offset = 0; offset < end - 1'],
    ['what is kept counts as removed', file, 'offset < start', 'offset <= start'],
    ['what is removed counts as kept', file, 'offset < start', 'false'],
    ['what one member removed counts as kept', file, 'removedNs?.(key, offset)', 'undefined'],
    ['what is removed later is excused', file, 'passedNs[offset]! >= goneNs', 'true'],
    ['what was given last counts, not first', file, 'Math.min(callNs', 'Math.max(callNs'],
    ['what was given behind it is not looked at', file, 'given.get(offset) ?? earliestNs', 'earliestNs'],
    ['the end of a queue is not looked at', file, 'if (offset < end) continue;', 'continue;'],
    ['queues are mixed up', file, 'mapOf(consumed, key).set', "mapOf(consumed, 'q/0').set"],
    ['the drain is not asked for', file, 'if (!history.drained) findings', 'if (false) findings'],
    ['an empty history passes', 'verdict.ts', 'if (examined === 0)', 'if (false)'],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<{ checkConsumption: typeof checkConsumption }>(file, mutation);
    const broken = ({ history, ...rest }: Input) => mutant.checkConsumption(history, { group: 'g', ...rest });
    expect(complaintsOf(broken, cases)).not.toEqual([]);
  });
});
