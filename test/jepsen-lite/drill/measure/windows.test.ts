import { describe, expect, test } from 'vitest';
import { paceOf } from '../../../../jepsen-lite/drill/measure/pace.ts';
import { worstOutage } from '../../../../jepsen-lite/drill/measure/recovery.ts';
import type { Send } from '../../../../jepsen-lite/drill/measure/sends.ts';
import { longestStall, spansOf, windowsOf } from '../../../../jepsen-lite/drill/measure/windows.ts';
import { defaultPlan } from '../../../../jepsen-lite/drill/plan/presets.ts';

const END_MS = 30_000;
const { steady, load } = defaultPlan;

type Times = readonly [fromMs: number, toMs: number];

/** A success every 10 ms of the trial, but none in these times: each begins and ends with one. */
function sendsWithout(...stalls: readonly Times[]): Send[] {
  const sends: Send[] = [];
  for (let endMs = 0; endMs <= END_MS; endMs += 10) {
    if (stalls.some(([fromMs, toMs]) => endMs > fromMs && endMs < toMs)) continue;
    sends.push({ value: `${endMs}`, callMs: endMs - 5, endMs, outcome: 'ok' });
  }
  return sends;
}

/** A trial of one fault, which struck at these times, the first of them when it began. */
function trial(...strikes: readonly Times[]) {
  const [[faultMs]] = strikes as [Times];
  return {
    faults: [{ kind: 'kill', members: ['n0'], hits: [], startMs: faultMs, endMs: faultMs + 6_000 }],
    strikes: strikes.map(([startMs, endMs]) => ({ startMs, endMs })),
    phases: [{ faultMs, healMs: faultMs + 6_000 }],
    faultMs,
    endMs: END_MS,
  };
}

/** The longest outage of a trial. */
function outageOf(record: ReturnType<typeof trial>, sends: readonly Send[], maxP99Ms = steady.maxP99Ms) {
  const by = { ...paceOf({ maxP99Ms }, load), untilMs: END_MS, wellFromMs: undefined, heldUpMs: () => 0 };
  const { fromMs, rtoMs } = worstOutage(sends, windowsOf(record, 'fault', sends), by);
  return { fromMs, rtoMs };
}

describe('the outage that a fault makes is found', () => {
  test('where its command strikes only when it has been going on for long', () => {
    const sends = sendsWithout([6_490, 7_870]);
    expect(outageOf(trial([5_000, 6_500]), sends, 2_000)).toEqual({ fromMs: 6_490, rtoMs: 1_380 });
    expect(outageOf(trial([5_000, 6_500]), sendsWithout([6_490, 6_570]))).toEqual({ fromMs: 6_490, rtoMs: 80 });
    // That the stall was there when the command was done is what counts, not how long before it began.
    expect(outageOf(trial([5_000, 6_500]), sendsWithout([6_100, 6_900]), 2_000)).toEqual({ fromMs: 6_100, rtoMs: 800 });
  });

  test('where it strikes in the midst of its command', () => {
    expect(outageOf(trial([5_000, 9_000]), sendsWithout([7_000, 7_300]))).toEqual({ fromMs: 7_000, rtoMs: 300 });
    // As for a stall after it, so short a one a machine makes by itself.
    expect(outageOf(trial([5_000, 9_000]), sendsWithout([7_000, 7_100])).rtoMs).toBe(0);
  });

  test('where it strikes at once, as before', () => {
    for (const strike of [
      [5_000, 5_000],
      [5_000, 5_015],
      [5_000, 6_500],
    ] as const)
      expect(outageOf(trial(strike), sendsWithout([5_010, 5_090]))).toEqual({ fromMs: 5_000, rtoMs: 90 });
  });

  test('where its second member takes longer than the first', () => {
    const sends = sendsWithout([5_010, 5_050], [11_010, 11_400], [17_000, 17_060]);
    expect(outageOf(trial([5_000, 5_020], [11_000, 11_030], [17_000, 17_020]), sends)).toEqual({
      fromMs: 11_000,
      rtoMs: 400,
    });
  });

  test('and what comes long after it was done is none of its own', () => {
    expect(outageOf(trial([5_000, 6_500]), sendsWithout([9_000, 9_800])).rtoMs).toBe(0);
    expect(outageOf(trial([5_000, 6_500]), sendsWithout([9_000, 10_100]))).toEqual({ fromMs: 9_000, rtoMs: 1_100 });
  });
});

test('where recovery is counted from the end of the faults, each phase has a window', () => {
  const record = {
    ...trial([5_000, 6_500]),
    phases: [5_000, 15_000].map((faultMs) => ({ faultMs, healMs: faultMs + 3_000 })),
  };
  const windows = [
    { fromMs: 8_000, toMs: 15_000 },
    { fromMs: 18_000, toMs: END_MS },
  ];
  expect(windowsOf(record, 'heal', sendsWithout())).toEqual(windows);
  expect(spansOf(record, 'heal')).toEqual(windows);
  expect(spansOf(record, 'fault')).toEqual([{ fromMs: 5_000, toMs: END_MS }]);
});

describe('the longest stall', () => {
  const spans = [
    { fromMs: 5_000, toMs: 15_000 },
    { fromMs: 18_000, toMs: END_MS },
  ];
  const none = (): number => 0;

  test('counts what lies in the times that are asked for', () => {
    const sends = sendsWithout([1_000, 5_300], [9_000, 9_450], [14_900, 18_350], [29_800, END_MS + 1]);
    expect(longestStall(sends, spans, none)).toEqual({ fromMs: 9_000, lengthMs: 450 });
    expect(longestStall(sends, spans.slice(1), none)).toEqual({ fromMs: 18_000, lengthMs: 350 });
    expect(longestStall(sendsWithout([29_400, END_MS + 1]), spans, none)).toEqual({ fromMs: 29_400, lengthMs: 600 });
    expect(longestStall(sends, [], none)).toEqual({ fromMs: 0, lengthMs: 0 });
  });

  test('is shorter by what the drill itself was held up for', () => {
    const heldUp = (fromMs: number, toMs: number): number => (fromMs <= 9_000 && toMs > 9_100 ? 400 : 0);
    const sends = sendsWithout([9_000, 9_500], [20_000, 20_150]);
    expect(longestStall(sends, spans, heldUp)).toEqual({ fromMs: 20_000, lengthMs: 150 });
  });
});
