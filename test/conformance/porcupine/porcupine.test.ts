import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportJsonl } from '../../../jepsen-lite/checker/export-jsonl.ts';
import type { History } from '../../../jepsen-lite/checker/history.ts';
import {
  checkLinearizableLogs,
  checkLinearizableRegisters,
} from '../../../jepsen-lite/checker/linearizable-register.ts';
import { checkRealTimeOrder } from '../../../jepsen-lite/checker/real-time-order.ts';
import { logs, registers } from '../../jepsen-lite/checker/linearizable-cases.ts';
import {
  arbitraryLog,
  arbitraryRegister,
  correctLog,
  correctRegisters,
  type Draft,
  recordDrafts,
} from '../../jepsen-lite/checker/random-history.ts';
import { Judge, type ModelName, type Word } from './judge.ts';

/** Histories that our checkers and Porcupine judge, each without knowing of the other. The seed makes the same ones on every run. */
const seed = Number(process.env['PORCUPINE_SEED'] ?? 1);
const options = { maxSteps: 1_000_000 };

let judge: Judge;

beforeAll(() => {
  judge = new Judge();
});
afterAll(() => judge.close());

/** What Porcupine says of each history, from files in the plain format. */
function judgeAll(model: ModelName, histories: readonly History[]): Word[] {
  const paths = histories.map((history, at) => {
    const path = join(judge.scratch, `${model}-${at}.jsonl`);
    writeFileSync(path, `${[...exportJsonl(history, { withDetails: false })].join('\n')}\n`);
    return path;
  });
  return judge.words(model, paths, '3s');
}

const sample = (drafts: fc.Arbitrary<Draft[]>, numRuns: number) => fc.sample(drafts, { seed, numRuns });
const record = (list: readonly Draft[][]) => list.map((drafts) => recordDrafts(drafts, true));

/** Correct runs in which one answer was changed, so that most are wrong. */
function broken(list: readonly Draft[][]): Draft[][] {
  return list.map((drafts, at) => {
    const answered = drafts.filter(({ outcome, result }) => outcome === 'ok' && result !== undefined);
    const target = answered[(at * 7) % Math.max(1, answered.length)];
    return drafts.map((draft) => (draft === target ? { ...draft, result: otherAnswer(draft) } : draft));
  });
}

function otherAnswer({ op, result }: Draft): Draft['result'] {
  if (typeof result === 'boolean') return !result;
  if (typeof result === 'number') return result > 0 ? result - 1 : result + 1;
  return op === 'read' && result === 'a' ? 'b' : 'a';
}

function compare(histories: readonly History[], words: readonly Word[], ours: (history: History) => unknown) {
  expect(words.length).toBe(histories.length);
  const differences = histories.flatMap((history, at) => {
    const mine = ours(history) === false ? 'illegal' : 'ok';
    const same = mine === words[at] || words[at] === 'unknown';
    return same ? [] : [{ mine, porcupine: words[at], history: [...exportJsonl(history, { withDetails: false })] }];
  });
  // Porcupine does not know which unknown sends are alike, and may run into its timeout.
  expect(words.filter((word) => word === 'unknown').length).toBeLessThan(histories.length / 50);
  expect(differences).toEqual([]);
  // A comparison of nothing but right or nothing but wrong histories would show little.
  expect(words.filter((word) => word === 'ok').length).toBeGreaterThan(histories.length / 10);
  expect(words.filter((word) => word === 'illegal').length).toBeGreaterThan(histories.length / 10);
}

describe('Porcupine agrees', () => {
  test('about logs', () => {
    const correct = sample(correctLog(80), 60);
    // Two dozen sends that may or may not have happened are too many for a search that does not know them to be alike.
    const known = logs.filter(({ name }) => !name.startsWith('many unknown sends'));
    const histories = [
      ...known.map(({ input }) => input),
      ...record(correct),
      ...record(broken(correct)),
      ...record(sample(arbitraryLog(9), 400)),
    ];
    const words = judgeAll('log', histories);
    compare(histories, words, (history) => checkLinearizableLogs(history, options).valid);
    console.log(`${histories.length} histories of logs: ${words.filter((word) => word === 'illegal').length} illegal`);
    // What the fast check finds is wrong for Porcupine too.
    const fast = histories.map((history) => checkRealTimeOrder(history).valid === false);
    expect(fast.filter((wrong, at) => wrong && words[at] !== 'illegal')).toEqual([]);
    expect(fast.filter((wrong) => wrong).length).toBeGreaterThan(50);
  });

  test('about registers', () => {
    const correct = sample(correctRegisters(80), 60);
    const histories = [
      ...registers.map(({ input }) => input),
      ...record(correct),
      ...record(broken(correct)),
      ...record(sample(arbitraryRegister(9), 400)),
    ];
    const words = judgeAll('register', histories);
    compare(histories, words, (history) => checkLinearizableRegisters(history, options).valid);
    console.log(
      `${histories.length} histories of registers: ${words.filter((word) => word === 'illegal').length} illegal`,
    );
  });

  test('and draws a history', () => {
    const [{ input }] = logs.filter(({ name }) => name === 'reordered') as [(typeof logs)[number]];
    const path = join(judge.scratch, 'drawn.jsonl');
    const page = join(judge.scratch, 'drawn.html');
    writeFileSync(path, [...exportJsonl(input, { withDetails: false })].join('\n'));
    expect(judge.run(['--model', 'log', '--html', page, path]).status).toBe(0);
    expect(spawnSync('grep', ['-c', 'append', page]).status).toBe(0);
  });

  test('and refuses a file that is no history', () => {
    const path = join(judge.scratch, 'wrong.jsonl');
    writeFileSync(path, '{"client":1}\n{"clie');
    const { status, stderr } = judge.run(['--model', 'log', path]);
    expect(status).toBe(2);
    expect(stderr).toContain('line 2 of the history');
  });
});
