import { describe, expect, test } from 'vitest';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import {
  checkLinearizableLogs,
  checkLinearizableRegisters,
} from '../../../jepsen-lite/checker/linearizable-register.ts';
import { complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';
import { logs, registers } from './linearizable-cases.ts';
import { scriptedHistory } from './scripted-history.ts';

const maxSteps = 100_000;

const checkRegisters = (history: History) => checkLinearizableRegisters(history, { maxSteps });
const checkLogs = (history: History) => checkLinearizableLogs(history, { maxSteps });

test('is right about every register', () => {
  expect(complaintsOf(checkRegisters, registers)).toEqual([]);
});

test('is right about every log', () => {
  expect(complaintsOf(checkLogs, logs)).toEqual([]);
});

test('a finding names the operation that cannot be ordered', () => {
  const script =
    '1 write r x 0..10 ok \n 2 cas r x>y 11..20 ok true on n1 \n 2 cas r z>w 21..30 ok true on n2 \n 1 write r z 90..99 ok';
  expect(checkRegisters(scriptedHistory(script)).findings).toEqual([
    {
      anomaly: 'not-linearizable',
      message: '2 of 4 operations can be ordered, but not the cas of w over z by client 2 that answered true',
      key: 'r',
      values: ['w'],
      offset: undefined,
      node: 'n2',
      timeNs: 21,
      fatal: true,
    },
  ]);
});

test('what nobody wrote is found without a search', () => {
  const script =
    '1 write r x 0..10 ok \n 2 read r 0..10 ok ghost \n 2 cas s ghost>y 0..10 ok true \n 1 append q a 0..10 ok 0 \n 2 read q @0 0..10 ok ghost';
  const history = scriptedHistory(script);
  const verdicts = [
    checkLinearizableRegisters(history, { maxSteps: 0 }),
    checkLinearizableLogs(history, { maxSteps: 0 }),
  ];
  expect(verdicts.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([
    'nobody wrote what explains the read by client 2 that answered ghost',
    'nobody wrote what explains the cas of y over ghost by client 2 that answered true',
    'nobody wrote what explains the read at 0 by client 2 that answered ghost',
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
    ['reads may answer anything', model, 'result === state.value ? {', 'true ? {'],
    ['cas always succeeds', model, 'if (!done) return { state };', ''],
    ['the answer of cas is not compared', model, "if (outcome === 'ok' && result !== done)", 'if (false)'],
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
    ['contents that come twice are counted', model, 'sources.get(value) === 1', 'true'],
    ['refused cas have seen what they expected', model, "op === 'cas' && result === true ?", "op === 'cas' ?"],
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
    [
      'real time is ignored',
      search,
      '} else if (entry?.isCall && !forced) {',
      '} else if (entry !== undefined && !forced) {',
    ],
    ['configurations forget the state', search, 'if (state !== wanted || first', 'if (first'],
    ['nothing is put back', search, '        putBack(last.entry);\n', ''],
    ['the state is not put back', search, '        state = last.state;\n', ''],
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
