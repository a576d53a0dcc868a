import { expect, test } from 'vitest';
import type { SendFigures } from '../../../../jepsen-lite/drill/measure/sends.ts';
import { steadyProblem } from '../../../../jepsen-lite/drill/run/steady-state.ts';

const plan = { forMs: 2_000, timeoutMs: 10_000, maxErrorShare: 0.1, maxP99Ms: 50, maxLag: 10 };
const load = { rate: 50, senders: 2 };
const well = { leader: 'n0', term: 1, problem: undefined };
const good: SendFigures = {
  acknowledged: 90,
  refused: 5,
  unknown: 5,
  perSecond: 45,
  p50Ms: 1,
  p99Ms: 50,
  longestGapMs: 150,
};

test('at its limits the state is steady', () => {
  expect(steadyProblem(plan, well, good, { lag: 10, oldestSendMs: 50 }, load)).toBeUndefined();
});

test.for([
  [{ ...well, problem: 'n1 is not sound' }, good, 0, 'n1 is not sound'],
  [well, { ...good, acknowledged: 0 }, 0, 'no message was acknowledged'],
  [well, { ...good, refused: 10 }, 0, '14.3 % of the sends failed (maxErrorShare 0.1)'],
  [well, { ...good, p99Ms: 51 }, 0, 'p99 of the sends is 51 ms (maxP99Ms 50)'],
  [
    well,
    { ...good, longestGapMs: 700 },
    0,
    'no message was acknowledged for 700 ms (150 with maxP99Ms 50 and load.rate 50)',
  ],
  [
    well,
    { ...good, perSecond: 10 },
    0,
    '10.0 messages a second were acknowledged (11.1 with maxP99Ms 50 and load.rate 50)',
  ],
  [well, good, 11, 'the consumer lags by 11 messages (maxLag 10)'],
] as const)('%j %j %i', ([look, figures, lag, problem]) => {
  expect(steadyProblem(plan, look, figures, { lag, oldestSendMs: 0 }, load)).toBe(problem);
});

test('while a single send hangs nothing is steady, however well the others end', () => {
  const hanging = { lag: 0, oldestSendMs: 51 };
  expect(steadyProblem(plan, well, good, hanging, load)).toBe('a send is under way for 51 ms (maxP99Ms 50)');
});
