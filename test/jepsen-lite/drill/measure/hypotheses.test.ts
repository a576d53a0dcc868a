import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../../jepsen-lite/bin/play-drill.ts';
import type { Verdict } from '../../../../jepsen-lite/checker/verdict.ts';
import { hypothesesOf, outcomeOf } from '../../../../jepsen-lite/drill/measure/hypotheses.ts';
import type { TrialFigures } from '../../../../jepsen-lite/drill/measure/trial-figures.ts';
import type { ExpectPlan } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { sampleTrial } from '../sample-report.ts';

const expected: ExpectPlan = { rtoFrom: 'fault', rtoMs: 500, lost: 0, orderBreaks: 0 };

function verdict(checker: string, counts: Record<string, number>, valid: Verdict['valid'] = true): Verdict {
  return { checker, valid, reason: undefined, findings: [], counts };
}

const sound = [verdict('total-queue', { examined: 10, acknowledged: 10 }), verdict('log', {})];

/** What does not hold, by its text. */
function broken(more: Partial<ExpectPlan>, trials: readonly TrialFigures[], verdicts: readonly Verdict[] = sound) {
  return hypothesesOf({ ...expected, ...more }, trials, verdicts, undefined)
    .filter(({ holds }) => holds !== true)
    .map(({ text, measured, holds }) => `${text}: ${measured} (${holds})`);
}

test.for([
  { holds: [true, true], outcome: 'passed', code: 0 },
  { holds: [true, false], outcome: 'failed', code: 1 },
  { holds: [true, 'unknown'], outcome: 'failed', code: 1 },
  { holds: [false], outcome: 'failed', code: 1 },
  { holds: [], outcome: 'failed', code: 1 },
] as const)('a drill of which $holds holds: $outcome', ({ holds, outcome, code }) => {
  const found = outcomeOf(holds.map((each) => ({ holds: each })));
  expect(found).toBe(outcome);
  expect(exitCodeOf({ outcome: found })).toBe(code);
});

test('all holds where all is well', () => {
  expect(
    broken({ failedSends: 0, longestStallMs: 100, lagDrainMs: 10, duplicates: 2 }, [sampleTrial(1), sampleTrial(2)]),
  ).toEqual([]);
});

test('each limit that is passed is told with what was measured', () => {
  const trials = [sampleTrial(1), sampleTrial(2, { rtoMs: 700, failedSends: 3, longestStallMs: 710, lagDrainMs: 90 })];
  expect(broken({ failedSends: 0, longestStallMs: 100, lagDrainMs: 10, duplicates: 1 }, trials)).toEqual([
    'RTO p95 at most 500 ms from the fault: 700 ms (false)',
    'duplicates at most 1: 2 (false)',
    'failed sends of a trial at most 0: 3 (false)',
    'longest time without an acknowledgement at most 100 ms: 710 ms (false)',
    'lag drain time at most 10 ms: 90 ms (false)',
  ]);
});

test('no recovery time holds beside a stall that is longer than its limit', () => {
  const stalled = sampleTrial(2, { rtoMs: 0, stall: { fromMs: 4_512, lengthMs: 1_380 } });
  expect(broken({}, [sampleTrial(1), stalled])).toEqual([
    'RTO p95 at most 500 ms from the fault: 91 ms, but in trial 2 nothing was acknowledged for 1380 ms, from 1512 ms after its first fault on (unknown)',
  ]);
  expect(broken({ rtoMs: 1_380 }, [sampleTrial(1), stalled])).toEqual([]);
  expect(broken({ rtoMs: 90 }, [sampleTrial(1), stalled])).toEqual([
    'RTO p95 at most 90 ms from the fault: 91 ms (false)',
  ]);
  // p95: one of twenty may take longer.
  const twenty = Array.from({ length: 20 }, (_, at) => (at === 7 ? stalled : sampleTrial(at + 1)));
  expect(broken({}, twenty)).toEqual([]);
});

test('what could not be measured does not hold', () => {
  const never = sampleTrial(1, { rtoMs: undefined, lagDrainMs: undefined });
  expect(broken({ lagDrainMs: 10 }, [never])).toEqual([
    'every trial ends steady: trial 1: sends never stayed successful for a second (false)',
    'RTO p95 at most 500 ms from the fault: never (false)',
    'lag drain time at most 10 ms: never (false)',
  ]);
  // As soon as the rank falls on the trial that never recovered, whatever the others had.
  expect(broken({ lagDrainMs: 10 }, [sampleTrial(2), { ...never, longestStallMs: 1 }])).toEqual([
    'every trial ends steady: trial 1: sends never stayed successful for a second (false)',
    'RTO p95 at most 500 ms from the fault: never (false)',
    'lag drain time at most 10 ms: never (false)',
  ]);
  const twenty = Array.from({ length: 20 }, (_, at) => (at === 0 ? never : sampleTrial(2)));
  expect(broken({ lagDrainMs: 10 }, twenty)).toContain('RTO p95 at most 500 ms from the fault: 92 ms (false)');
  expect(broken({ failedSends: 0 }, [])).toEqual([
    'every trial ends steady: 0 of 0 (false)',
    'RTO p95 at most 500 ms from the fault: nothing (false)',
    'acknowledged messages that are lost (RPO) at most 0: nothing (unknown)',
    'breaks of the order at most 0: nothing (unknown)',
    'failed sends of a trial at most 0: nothing (unknown)',
  ]);
});

test('without a judged history nothing is known of loss and order', () => {
  const unknown = [
    'acknowledged messages that are lost (RPO) at most 0: nothing (unknown)',
    'breaks of the order at most 0: nothing (unknown)',
  ];
  expect(broken({}, [sampleTrial(1)], [])).toEqual(unknown);
  expect(broken({}, [sampleTrial(1)], [verdict('total-queue', { examined: 0 })])).toEqual(unknown);
});

test('of a trial that was cut short it is known what was lost, and what was too much already; what else might have come is not', () => {
  const { record } = sampleTrial(1);
  const cut = (more: Partial<TrialFigures> = {}) => {
    return sampleTrial(1, {
      record: { ...record, problem: 'the drill was stopped during it', isCutShort: true },
      ...more,
    });
  };
  const early = [
    'every trial ends steady: trial 1: the drill was stopped during it (false)',
    'RTO p95 at most 500 ms from the fault: 91 ms (false)',
  ];
  expect(broken({ failedSends: 0 }, [cut()])).toEqual([
    ...early,
    'failed sends of a trial at most 0: nothing (unknown)',
  ]);
  expect(broken({ failedSends: 0 }, [cut({ failedSends: 2 })])).toEqual([
    ...early,
    'failed sends of a trial at most 0: 2 (false)',
  ]);
  expect(broken({ longestStallMs: 100 }, [cut()])).toEqual([
    ...early,
    'longest time without an acknowledgement at most 100 ms: 95 ms (false)',
  ]);
});

test('loss, checkers and promises', () => {
  const lossy = [
    verdict('total-queue', { examined: 10, acknowledged: 10, lost: 2 }, false),
    verdict('log', {}, 'unknown'),
  ];
  expect(broken({}, [sampleTrial(1)], lossy)).toEqual([
    'acknowledged messages that are lost (RPO) at most 0: 2 (false)',
    'checker total-queue is content: 10 examined (false)',
    'checker log is content: 0 examined (unknown)',
  ]);
  // Though nobody was hit.
  expect(broken({}, [], lossy)).toContain('acknowledged messages that are lost (RPO) at most 0: 2 (false)');
  const violation = { invariant: 'no-self-stop', text: 'n1 ended by itself', atMs: 5 };
  const last = hypothesesOf(expected, [sampleTrial(1)], sound, violation).at(-1);
  expect(last).toMatchObject({ measured: 'no-self-stop: n1 ended by itself', holds: false });
});

test('the worst trial counts for failed sends, whichever it is', () => {
  const trials = [3, 1, 0].map((failedSends, at) => sampleTrial(at + 1, { failedSends }));
  expect(broken({ failedSends: 2 }, trials)).toEqual(['failed sends of a trial at most 2: 3 (false)']);
  expect(broken({ failedSends: 3 }, trials)).toEqual([]);
});

test('of a lag that a single trial has no figure of, nothing holds', () => {
  const trials = [sampleTrial(1, { lagDrainMs: undefined }), sampleTrial(2), sampleTrial(3)];
  expect(broken({ lagDrainMs: 1_000 }, trials)).toEqual(['lag drain time at most 1000 ms: never (false)']);
});
