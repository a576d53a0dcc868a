import { expect, test } from 'vitest';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import type { Send } from '../../../../jepsen-lite/drill/measure/sends.ts';
import { trialFigures } from '../../../../jepsen-lite/drill/measure/trial-figures.ts';
import { defaultPlan } from '../../../../jepsen-lite/drill/plan/presets.ts';
import type { TrialRecord } from '../../../../jepsen-lite/drill/run/run-trial.ts';
import { sampleTrial } from '../sample-report.ts';

const END_MS = 20_000;

interface Paper {
  readonly rtoFrom?: 'fault' | 'heal';
  /** Nothing was acknowledged from the first to the second of these. */
  readonly stall: readonly [fromMs: number, toMs: number];
  /** Behind the stall one send of each half second fails. */
  readonly failing?: boolean;
  /** The longest time in any other for which the drill itself was held up. */
  readonly heldUpMs?: number;
}

/** What is measured of a trial until 20 s in which a send was acknowledged every 10 ms but for the stall. */
function figuresOf(record: Partial<TrialRecord>, { rtoFrom = 'fault', stall, failing = false, heldUpMs = 0 }: Paper) {
  const sends: Send[] = [];
  for (let endMs = 1_000; endMs < END_MS; endMs += 10) {
    if (endMs > stall[0] && endMs < stall[1]) continue;
    const fails = failing && endMs >= stall[1] && endMs % 500 === 100;
    sends.push({ value: `${endMs}`, callMs: endMs - 5, endMs, outcome: fails ? 'fail' : 'ok' });
  }
  const { rtoMs, outageFromMs } = trialFigures(
    { ...sampleTrial(1).record, endMs: END_MS, roles: [], ...record },
    { ...defaultPlan, expect: { ...defaultPlan.expect, rtoFrom } },
    {
      sends,
      history: new History(),
      places: new Map(),
      consumedAtMs: new Map(),
      ownPauses: { longestIn: () => heldUpMs },
    },
  );
  return { rtoMs, outageFromMs };
}

const phases = [
  { faultMs: 3_000, healMs: 5_000 },
  { faultMs: 9_000, healMs: 11_000 },
];

test('counted from the end of faults, each phase has its recovery, the last one, too', () => {
  for (const { healMs } of phases)
    expect(figuresOf({ phases }, { rtoFrom: 'heal', stall: [healMs, healMs + 300] })).toEqual({
      rtoMs: 300,
      outageFromMs: healMs,
    });
});

test('each fault has its recovery, also one in a phase with others', () => {
  const faults = [3_000, 9_000].map((startMs) => ({
    kind: 'kill',
    members: ['n0'],
    hits: [],
    startMs,
    endMs: startMs + 2_000,
  }));
  for (const { startMs } of faults)
    expect(figuresOf({ faults }, { stall: [startMs, startMs + 300] })).toEqual({ rtoMs: 300, outageFromMs: startMs });
});

test('counted from the fault, what begins soon after the last phase is healed is no recovery of its own', () => {
  expect(figuresOf({ phases }, { stall: [11_000, 11_300] }).rtoMs).toBe(0);
});

test('what stalls for a second and more later is an outage of its own, unless the drill itself was held up', () => {
  expect(figuresOf({}, { stall: [8_000, 9_500] })).toEqual({ rtoMs: 1_500, outageFromMs: 8_000 });
  expect(figuresOf({}, { stall: [8_000, 9_500], heldUpMs: 400 }).rtoMs).toBe(1_500);
  expect(figuresOf({}, { stall: [8_000, 9_500], heldUpMs: 600 }).rtoMs).toBe(0);
});

test('where the gate was content the outage is over by then, and where it was not, nothing ended it', () => {
  const paper: Paper = { stall: [3_000, 3_300], failing: true };
  expect(figuresOf({ problem: undefined }, paper).rtoMs).toBe(END_MS - defaultPlan.steady.forMs - 3_000);
  expect(figuresOf({ problem: 'nobody leads' }, paper).rtoMs).toBeUndefined();
});
