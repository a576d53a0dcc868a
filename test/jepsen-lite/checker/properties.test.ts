import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCycles } from '../../../jepsen-lite/checker/cycle-check.ts';
import type { History, Operation } from '../../../jepsen-lite/checker/history.ts';
import {
  checkLinearizableLogs,
  checkLinearizableRegisters,
} from '../../../jepsen-lite/checker/linearizable-register.ts';
import { checkLog } from '../../../jepsen-lite/checker/log-checker.ts';
import { checkRealTimeOrder } from '../../../jepsen-lite/checker/real-time-order.ts';
import { checkTotalQueue } from '../../../jepsen-lite/checker/total-queue.ts';
import type { Verdict } from '../../../jepsen-lite/checker/verdict.ts';
import { applyToLog, applyToRegister, isLinearizable } from './brute-force.ts';
import {
  arbitraryLog,
  arbitraryRegister,
  correctLog,
  correctRegisters,
  type Draft,
  recordDrafts,
} from './random-history.ts';

const options = { maxSteps: 200_000 };
const duplicates = { duplicates: 'forbidden' } as const;
const isOk = (draft: Draft) => draft.outcome === 'ok';
const isSent = (draft: Draft) => draft.op === 'append' && isOk(draft);

const checkers: Readonly<Record<string, (history: History) => Verdict>> = {
  'total queue': (history) => checkTotalQueue(history, duplicates),
  log: (history) => checkLog(history, duplicates),
  'real-time order': checkRealTimeOrder,
  cycles: checkCycles,
  'linearizable log': (history) => checkLinearizableLogs(history, options),
};

describe('a correct run passes', () => {
  test.each(Object.entries(checkers))('%s', (_name, check) => {
    fc.assert(
      fc.property(correctLog(60), (drafts) => {
        const verdict = check(recordDrafts(drafts, true));
        expect(verdict.findings.filter(({ fatal }) => fatal)).toEqual([]);
        // What has nothing to judge is unknown, and nothing else is.
        expect(verdict.valid).toBe(verdict.counts['examined'] === 0 ? 'unknown' : true);
      }),
    );
  });

  test('linearizable register', () => {
    fc.assert(
      fc.property(correctRegisters(60), (drafts) => {
        const verdict = checkLinearizableRegisters(recordDrafts(drafts, true), options);
        expect(verdict.valid).toBe(verdict.counts['examined'] === 0 ? 'unknown' : true);
      }),
    );
  });
});

/** Plants one anomaly, or answers undefined if this run has no place for it. */
type Plant = (drafts: readonly Draft[], pick: number) => readonly Draft[] | undefined;

/** The element that a number picks. */
function pickFrom<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)];
}

/** Two acknowledged sends to one queue, the second begun after the first had returned. */
function inOrder(drafts: readonly Draft[], pick: number): [Draft, Draft] | undefined {
  const sent = drafts.filter(isSent);
  const pairs = sent.flatMap((a) =>
    sent.filter((b) => a.key === b.key && a.returnNs < b.callNs).map((b) => [a, b] as const),
  );
  const pair = pickFrom(pairs, pick);
  return pair === undefined ? undefined : [...pair];
}

const withResult = (drafts: readonly Draft[], of: Draft, result: Draft['result']) =>
  drafts.map((draft) => (draft === of ? { ...draft, result } : draft));

const plants: Readonly<Record<string, { plant: Plant; caughtBy: readonly string[] }>> = {
  'a lost message': {
    caughtBy: ['total queue', 'log', 'cycles'],
    plant: (drafts, pick) => {
      const lost = pickFrom(drafts.filter(isSent), pick);
      return lost && drafts.filter(({ op, result }) => op !== 'read' || result !== lost.value);
    },
  },
  'a second copy': {
    caughtBy: ['total queue', 'log'],
    plant: (drafts, pick) => {
      const read = pickFrom(
        drafts.filter(({ process }) => process === 20),
        pick,
      );
      return read && [...drafts, { ...read, offset: 10_000, callNs: read.callNs + 1, returnNs: read.returnNs + 1 }];
    },
  },
  'a message that nobody sent': {
    caughtBy: ['total queue', 'linearizable log'],
    plant: (drafts) => [
      ...drafts,
      {
        process: 20,
        op: 'read',
        key: 'q/0',
        outcome: 'ok',
        callNs: 90_000,
        returnNs: 90_001,
        offset: 0,
        result: 'ghost',
      },
    ],
  },
  'a failed message that is there': {
    caughtBy: ['total queue', 'log', 'cycles'],
    plant: (drafts, pick) => {
      const there = drafts.filter(
        (draft) => draft.op === 'append' && drafts.some(({ op, result }) => op === 'read' && result === draft.value),
      );
      const failed = pickFrom(there, pick);
      return failed && drafts.map((draft) => (draft === failed ? { ...draft, outcome: 'fail' } : draft));
    },
  },
  'two messages that changed places': {
    caughtBy: ['log', 'real-time order', 'linearizable log'],
    plant: (drafts, pick) => {
      const pair = inOrder(drafts, pick);
      return pair && withResult(withResult(drafts, pair[0], pair[1].result), pair[1], pair[0].result);
    },
  },
  'one place for two messages': {
    caughtBy: ['log', 'real-time order', 'linearizable log'],
    plant: (drafts, pick) => {
      const pair = inOrder(drafts, pick);
      return pair && withResult(drafts, pair[1], pair[0].result);
    },
  },
  'a next offset that goes back': {
    caughtBy: ['real-time order', 'linearizable log'],
    plant: (drafts, pick) => {
      const sent = pickFrom(drafts.filter(isSent), pick);
      const [callNs, returnNs] = [90_000, 90_001];
      return (
        sent && [
          ...drafts,
          { process: 0, op: 'max', key: sent.key, outcome: 'ok', callNs, returnNs, result: sent.result },
        ]
      );
    },
  },
  'a reader that goes back': {
    caughtBy: ['log'],
    plant: (drafts, pick) => {
      const read = pickFrom(
        drafts.filter(({ process }) => process === 20),
        pick,
      );
      return read && [...drafts, { ...read, callNs: 90_000, returnNs: 90_001 }];
    },
  },
};

describe('one planted anomaly fails', () => {
  const pairs = Object.entries(plants).flatMap(([name, { plant, caughtBy }]) =>
    caughtBy.map((checker) => ({ name, checker, plant })),
  );
  test.each(pairs)('$name: $checker', ({ checker, plant }) => {
    let planted = 0;
    fc.assert(
      fc.property(correctLog(40), fc.nat(), (drafts, pick) => {
        const broken = plant(drafts, pick);
        if (broken === undefined) return;
        planted += 1;
        expect(checkers[checker]!(recordDrafts(broken, true)).valid).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(planted).toBeGreaterThan(50);
  });

  test('a value that nobody wrote: linearizable register', () => {
    let planted = 0;
    fc.assert(
      fc.property(correctRegisters(40), fc.nat(), (drafts, pick) => {
        const read = pickFrom(
          drafts.filter((draft) => draft.op === 'read' && isOk(draft)),
          pick,
        );
        if (read === undefined) return;
        planted += 1;
        const history = recordDrafts(withResult(drafts, read, 'ghost'), true);
        expect(checkLinearizableRegisters(history, options).valid).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(planted).toBeGreaterThan(50);
  });
});

describe('the search agrees with trying every order', () => {
  const tally = (answers: readonly boolean[]) => ({
    right: answers.filter((answer) => answer).length,
    wrong: answers.filter((answer) => !answer).length,
  });

  test('of a register', () => {
    const answers: boolean[] = [];
    fc.assert(
      fc.property(arbitraryRegister(6), (drafts) => {
        const history = recordDrafts(drafts, true);
        const wanted = isLinearizable(history, { value: null }, applyToRegister);
        answers.push(wanted);
        expect(checkLinearizableRegisters(history, options).valid === false).toBe(!wanted);
      }),
      { numRuns: 1500 },
    );
    expect(tally(answers).right).toBeGreaterThan(150);
    expect(tally(answers).wrong).toBeGreaterThan(150);
  });

  test('of a log, and the real-time order is never stricter', () => {
    const answers: boolean[] = [];
    let stale = 0;
    fc.assert(
      fc.property(arbitraryLog(6), (drafts) => {
        fc.pre(drafts.some(({ key }) => key === 'k'));
        const history = recordDrafts(drafts, true);
        const wanted = isLinearizable<readonly string[]>(history, [], applyToLog);
        answers.push(wanted);
        expect(checkLinearizableLogs(history, options).valid === false).toBe(!wanted);
        if (checkRealTimeOrder(history).valid === false) {
          stale += 1;
          expect(wanted).toBe(false);
        }
      }),
      { numRuns: 1500 },
    );
    expect(tally(answers).right).toBeGreaterThan(150);
    expect(tally(answers).wrong).toBeGreaterThan(150);
    expect(stale).toBeGreaterThan(50);
  });
});

test('operations come out as they went in', () => {
  fc.assert(
    fc.property(correctLog(30), (drafts) => {
      const calls = [...recordDrafts(drafts, true).operations()].map(({ callNs }: Operation) => callNs);
      expect(calls).toEqual(drafts.map(({ callNs }) => callNs).sort((a, b) => a - b));
    }),
    { numRuns: 20 },
  );
});
