import { describe, expect, test } from 'vitest';
import { paceOf } from '../../../../jepsen-lite/drill/measure/pace.ts';
import { partsOf, recoveryOf, worstOutage, type Yardstick } from '../../../../jepsen-lite/drill/measure/recovery.ts';
import { figuresOf, type Send } from '../../../../jepsen-lite/drill/measure/sends.ts';
import { defaultPlan } from '../../../../jepsen-lite/drill/plan/presets.ts';
import { steadyProblem } from '../../../../jepsen-lite/drill/run/steady-state.ts';
import type { RoleSighting } from '../../../../jepsen-lite/drill/target/drill-target.ts';
import { Chance } from '../../../../jepsen-lite/sim/chance.ts';

const { steady, load } = defaultPlan;

/** By what the outages of a trial are known that ends then, under the usual load. */
function yardstick(untilMs: number, more: Partial<Yardstick> = {}): Yardstick {
  return { ...paceOf(steady, load), untilMs, wellFromMs: undefined, heldUpMs: () => 0, ...more };
}

/** A success every 10 ms from `fromMs` on, before `toMs`. */
function flow(fromMs: number, toMs: number): Send[] {
  const sends: Send[] = [];
  for (let endMs = fromMs; endMs < toMs; endMs += 10) {
    sends.push({ value: `${endMs}`, callMs: endMs - 5, endMs, outcome: 'ok' });
  }
  return sends;
}

function failure(endMs: number): Send {
  return { value: `!${endMs}`, callMs: endMs - 5, endMs, outcome: 'info' };
}

function recovery(sends: readonly Send[], baseMs = 1_000, untilMs = 5_000) {
  const byEnd = [...sends].sort((a, b) => a.endMs - b.endMs);
  return recoveryOf(byEnd, baseMs, yardstick(untilMs));
}

describe('recovery time', () => {
  test('is zero where nobody noticed anything', () => {
    expect(recovery(flow(0, 5_000))).toEqual({ rtoMs: 0, stableAtMs: 1_000, failedForMs: 0 });
  });

  test('ends with the first success after a stall, and answers that were on their way do not end it', () => {
    const sends = [...flow(0, 1_020), ...flow(1_300, 5_000)];
    expect(recovery(sends)).toEqual({ rtoMs: 300, stableAtMs: 1_300, failedForMs: 0 });
  });

  test('does not end with a success after which something fails within a second', () => {
    const sends = [...flow(0, 1_000), ...flow(1_300, 5_000), failure(1_100), failure(1_500)];
    expect(recovery(sends)).toEqual({ rtoMs: 510, stableAtMs: 1_510, failedForMs: 410 });
  });

  test('is unknown if nothing is stable before the end', () => {
    expect(recovery([...flow(0, 1_000), ...flow(4_500, 5_000)]).rtoMs).toBeUndefined();
    expect(recovery([...flow(0, 1_000), failure(1_200)])).toMatchObject({ rtoMs: undefined, failedForMs: 3_800 });
    expect(recovery([]).rtoMs).toBeUndefined();
  });

  test('a stall that begins with the fault counts from 15 ms on, a later one from 200 ms on', () => {
    expect(recovery([...flow(0, 1_010), ...flow(1_025, 5_000)]).rtoMs).toBe(25);
    expect(recovery([...flow(0, 1_300), ...flow(1_450, 5_000)]).rtoMs).toBe(0);
    expect(recovery([...flow(0, 1_010), ...flow(1_070, 1_300), ...flow(1_450, 5_000)]).rtoMs).toBe(70);
    expect(recovery([...flow(0, 1_010), ...flow(1_070, 1_300), ...flow(1_550, 5_000)]).rtoMs).toBe(550);
  });

  test('a later stall is another one', () => {
    expect(recovery([...flow(0, 1_000), ...flow(1_200, 2_600), ...flow(2_900, 5_000)]).rtoMs).toBe(200);
  });
});

describe('the longest outage', () => {
  const whole = [{ fromMs: 1_000, toMs: 20_000 }];

  test('is that of the second fault where that took longer', () => {
    const sends = [...flow(0, 1_000), ...flow(1_085, 10_000), ...flow(11_016, 20_000)];
    const windows = [
      { fromMs: 1_000, toMs: 10_000 },
      { fromMs: 10_000, toMs: 20_000 },
    ];
    expect(recoveryOf(sends, 1_000, yardstick(20_000)).rtoMs).toBe(85);
    expect(worstOutage(sends, windows, yardstick(20_000))).toMatchObject({
      fromMs: 10_000,
      rtoMs: 1_016,
      stableAtMs: 11_016,
    });
    const [first, second] = windows;
    expect(worstOutage(sends, [first!], yardstick(20_000))).toMatchObject({ fromMs: 1_000, rtoMs: 85 });
    expect(worstOutage(sends, [second!], yardstick(20_000)).rtoMs).toBe(1_016);
  });

  test('is a relapse after the first recovery, counted from where it began', () => {
    const sends = [...flow(0, 1_000), ...flow(1_082, 3_000), ...flow(7_000, 20_000)];
    expect(worstOutage(sends, whole, yardstick(20_000))).toMatchObject({
      fromMs: 2_992,
      rtoMs: 4_008,
      stableAtMs: 7_000,
    });
  });

  test('is a relapse in which sends fail, however many others succeed', () => {
    const failures = [5_003, 5_503, 6_003, 6_503].map(failure);
    const sends = [...flow(0, 1_000), ...flow(1_082, 20_000), ...failures].sort((a, b) => a.endMs - b.endMs);
    expect(worstOutage(sends, whole, yardstick(20_000))).toMatchObject({ fromMs: 5_003, rtoMs: 1_509 });
  });

  test('is no later stall below a second, nor one for which the drill itself was held up', () => {
    const short = [...flow(0, 1_000), ...flow(1_082, 5_000), ...flow(5_900, 20_000)];
    expect(worstOutage(short, whole, yardstick(20_000)).rtoMs).toBe(82);
    const held = [...flow(0, 1_000), ...flow(1_082, 5_000), ...flow(6_500, 20_000)];
    expect(worstOutage(held, whole, yardstick(20_000, { heldUpMs: () => 1_200 })).rtoMs).toBe(82);
    expect(worstOutage(held, whole, yardstick(20_000)).rtoMs).toBe(1_508);
  });

  test('is endless where the last one never ended', () => {
    const sends = [...flow(0, 1_000), ...flow(1_082, 5_000), ...flow(19_500, 20_000)];
    expect(worstOutage(sends, whole, yardstick(20_000))).toMatchObject({ rtoMs: undefined, stableAtMs: undefined });
  });
});

describe('under a load without any fault', () => {
  const whole = [{ fromMs: 20_003, toMs: 40_000 }];
  const acknowledged = (endMs: number): Send => ({ value: `${endMs}`, callMs: endMs - 5, endMs, outcome: 'ok' });

  test.for([1, 2, 5, 6, 10, 20, 50, 100, 400])('nothing is noticed at an even pace of %i a second', (rate) => {
    const sends = Array.from({ length: 40 * rate }, (_, at) => acknowledged((at * 1_000) / rate));
    const by = yardstick(40_000, paceOf(steady, { rate }));
    expect(worstOutage(sends, whole, by).rtoMs).toBe(0);
  });

  test.for([1, 5, 20])('nor, nearly always, at %i a second with drawn pauses', (rate) => {
    const chance = new Chance(1, `pauses/${rate}`);
    let noticed = 0;
    for (let turn = 0; turn < 100; turn++) {
      const sends = Array.from({ length: 8 }, () => drawnEnds(chance, 16_000 / rate)).flat();
      const byEnd = sends.sort((a, b) => a - b).map(acknowledged);
      const { rtoMs } = worstOutage(byEnd, whole, yardstick(40_000, paceOf(steady, { rate })));
      if (rtoMs !== 0) noticed++;
    }
    expect(noticed).toBeLessThan(5);
  });

  test('what is long for it is noticed, and the limits of the usual load are the shortest', () => {
    const ends = Array.from({ length: 800 }, (_, at) => at * 50).filter((endMs) => endMs < 20_000 || endMs >= 20_300);
    const by = yardstick(40_000, paceOf(steady, { rate: 20 }));
    expect(worstOutage(ends.map(acknowledged), whole, by).rtoMs).toBe(297);
    expect(paceOf(steady, load)).toEqual({ stallMs: 15, laterStallMs: 200, laterOutageMs: 1_000 });
    expect(paceOf(steady, { rate: 10_000 })).toEqual(paceOf(steady, load));
    expect(paceOf(steady, { rate: 20 })).toEqual({ stallMs: 250, laterStallMs: 500, laterOutageMs: 1_000 });
  });

  function drawnEnds(chance: Chance, longestMs: number): number[] {
    const ends: number[] = [];
    for (let atMs = 0; atMs < 40_000; atMs += 5 + chance.below(Math.ceil(longestMs))) ends.push(atMs);
    return ends;
  }
});

test('an outage is over where the gate is content, with whatever pauses', () => {
  const sends = [
    ...flow(0, 20_000),
    ...[23_000, 23_250, 23_500, 23_750, 24_000, 24_250, 24_500, 24_750].flatMap((endMs) => flow(endMs, endMs + 10)),
  ];
  const look = { leader: 'n0', term: 1, problem: undefined };
  const now = { lag: 0, oldestSendMs: 0 };
  expect(steadyProblem(steady, look, figuresOf(sends, 23_000, 25_000), now, { rate: 10, senders: 1 })).toBeUndefined();
  const windows = [{ fromMs: 20_000, toMs: 25_000 }];
  expect(worstOutage(sends, windows, yardstick(25_000)).rtoMs).toBeUndefined();
  expect(worstOutage(sends, windows, yardstick(25_000, { wellFromMs: 23_000 }))).toMatchObject({
    rtoMs: 3_000,
    stableAtMs: 23_000,
  });
});

describe('parts of the recovery time', () => {
  const role = (atMs: number, member: string, what: string, term: number, leader?: string): RoleSighting => {
    return { atMs, member, role: what, term, leader };
  };
  const before = [role(10, 'n0', 'leader', 1, 'n0'), role(11, 'n1', 'follower', 1, 'n0')];

  test('detect, elect and serve add up to it', () => {
    const roles = [
      ...before,
      role(1_020, 'n1', 'pre-candidate', 1),
      role(1_030, 'n1', 'candidate', 2),
      role(1_050, 'n1', 'leader', 2, 'n1'),
      role(1_055, 'n2', 'follower', 2, 'n1'),
      role(9_000, 'n2', 'leader', 3, 'n2'),
    ];
    expect(partsOf(roles, 1_000, 1_080)).toEqual({ detectMs: 20, electMs: 30, serveMs: 30 });
  });

  test('where nobody told that the leader was missed, electing begins with the fault', () => {
    const roles = [...before, role(1_050, 'n1', 'leader', 2, 'n1')];
    expect(partsOf(roles, 1_000, 1_080)).toEqual({ detectMs: undefined, electMs: 50, serveMs: 30 });
  });

  test('are unknown where nobody was elected', () => {
    const none = { detectMs: undefined, electMs: undefined, serveMs: undefined };
    expect(partsOf(before, 1_000, 1_080)).toEqual(none);
    expect(partsOf([...before, role(1_010, 'n0', 'leader', 1, 'n0')], 1_000, 1_080)).toEqual(none);
  });
});

test('what ended behind the trial is no part of it', () => {
  const pace = { stallMs: 15, laterStallMs: 200, laterOutageMs: 1_000 };
  const late: Send[] = [{ value: 'late', callMs: 900, endMs: 2_500, outcome: 'ok' }];
  const trial = { untilMs: 2_000, wellFromMs: 1_500, ...pace };
  expect(recoveryOf(late, 1_000, trial)).toMatchObject({ rtoMs: undefined, stableAtMs: undefined });
  const lateFailure: Send[] = [{ value: 'late', callMs: 900, endMs: 2_500, outcome: 'fail' }];
  expect(recoveryOf(lateFailure, 1_000, trial)).toMatchObject({ failedForMs: 0 });
});

test('of two elections the last one is the one that the group recovered by', () => {
  const led = (atMs: number, member: string, term: number) => ({ atMs, member, role: 'leader', term, leader: member });
  const roles = [led(0, 'n0', 1), led(1_100, 'n1', 2), led(1_300, 'n2', 3)];
  expect(partsOf(roles, 1_000, 1_350)).toEqual({ detectMs: undefined, electMs: 300, serveMs: 50 });
});
