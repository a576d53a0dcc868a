import { expect, test } from 'vitest';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import type { Plan } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { presets } from '../../../../jepsen-lite/drill/plan/presets.ts';
import type { DrillClients } from '../../../../jepsen-lite/drill/run/drill-clients.ts';
import { DrillFailure, DrillRun, DrillStopped } from '../../../../jepsen-lite/drill/run/drill-run.ts';
import type { DrillTarget } from '../../../../jepsen-lite/drill/target/drill-target.ts';

const look = { leader: 'n0', term: 1, problem: undefined };

const [plan] = presets as [Plan, ...Plan[]];

function runOf(failure: Error | undefined, signal = new AbortController().signal): DrillRun {
  return new DrillRun({
    plan,
    target: { faults: { active: [] }, look: () => Promise.resolve(look), failure } as unknown as DrillTarget,
    clients: { counts: { acknowledged: 0 }, lag: 0 } as unknown as DrillClients,
    nowMs: () => 0,
    signal,
    journal: () => {},
    onLook: () => {},
    onNote: () => Promise.resolve(),
  });
}

test('a drill whose target cannot be hurt as the plan says ends with its sentence', async () => {
  expect(await runOf(undefined).until('wait', 0, () => true)).toBe(true);
  const failed = runOf(new Error('n1: the command failed'));
  await expect(failed.until('wait', 0, () => true)).rejects.toThrow(new DrillFailure('n1: the command failed'));
  expect(() => failed.failIfItMust()).toThrow(DrillFailure);
  expect(() => runOf(undefined).failIfItMust()).not.toThrow();
});

test('an interrupted drill stops', async () => {
  await expect(runOf(undefined, AbortSignal.abort()).until('wait', 0, () => true)).rejects.toThrow(DrillStopped);
});

test.for([
  [{ maxP99Ms: 300 }, 'p99 of the sends is 400 ms (abort.maxP99Ms 300)'],
  [{ maxErrorShare: 0.2 }, '25 % of the sends failed (abort.maxErrorShare 0.2)'],
  [{ maxP99Ms: 400, maxErrorShare: 0.25 }, undefined],
  [{}, undefined],
] as const)('sends that are worse than %j of five seconds abort it', async ([abort, sentence]) => {
  const history = new History();
  // In the last five seconds three sends of 400 ms that were acknowledged and one that was not; before that all were bad.
  for (const [endMs, tookMs, isGood] of [
    [2_000, 1_500, false],
    [2_500, 1_900, true],
    [6_000, 400, true],
    [7_000, 400, true],
    [8_000, 400, false],
    [9_000, 400, true],
  ] as const) {
    const id = history.invoke(1, 'append', 'q', `m${endMs}`, (endMs - tookMs) * 1e6, '');
    if (isGood) history.ok(id, endMs * 1e6, endMs);
    else history.fail(id, endMs * 1e6, 'code-14');
  }
  const run = new DrillRun({
    plan: { ...plan, abort: { stallMs: 60_000, maxLag: 10, ...abort } },
    target: { faults: { active: [] }, look: () => Promise.resolve(look) } as unknown as DrillTarget,
    clients: { counts: { acknowledged: 4 }, lag: 0, history } as unknown as DrillClients,
    nowMs: () => 10_000,
    signal: new AbortController().signal,
    journal: () => {},
    onLook: () => {},
    onNote: () => Promise.resolve(),
  });
  const waited = run.until('wait', 0, () => true);
  if (sentence === undefined) expect(await waited).toBe(true);
  else await expect(waited).rejects.toThrow(sentence);
});

/** Why a drill stops that looks after so long at a consumer that lags by so much; undefined: it does not. */
async function stopOf({ stalledMs = 0, lag = 0 }): Promise<string | undefined> {
  let nowMs = 5_000;
  const clients = { counts: { acknowledged: 0 }, lag: 0 };
  const run = new DrillRun({
    plan: { ...plan, abort: { stallMs: 2_000, maxLag: 10 } },
    target: { faults: { active: [] }, look: () => Promise.resolve(look) } as unknown as DrillTarget,
    clients: clients as unknown as DrillClients,
    nowMs: () => nowMs,
    signal: new AbortController().signal,
    journal: () => {},
    onLook: () => {},
    onNote: () => Promise.resolve(),
  });
  // Whatever was acknowledged before counts no more.
  nowMs = 6_000;
  clients.counts.acknowledged = 1;
  await run.until('wait', 0, () => true);
  nowMs += stalledMs;
  clients.lag = lag;
  try {
    await run.until('wait', 0, () => true);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ kind: 'aborted' });
    return (error as DrillStopped).message;
  }
}

test('a stall that is longer than the plan allows aborts it', async () => {
  expect(await stopOf({ stalledMs: 2_000 })).toBeUndefined();
  expect(await stopOf({ stalledMs: 2_001 })).toBe('no message was acknowledged for 2001 ms (abort.stallMs 2000)');
});

test('a consumer that lags by more than the plan allows aborts it', async () => {
  expect(await stopOf({ lag: 10 })).toBeUndefined();
  expect(await stopOf({ lag: 11 })).toBe('the consumer lags by 11 messages (abort.maxLag 10)');
});

test('a fault that was not made, because it would have left no majority, stops the drill', async () => {
  const target = { faults: { active: [], refused: 'kill of n1 is not made' }, look: () => Promise.resolve(look) };
  const run = new DrillRun({
    plan,
    target: target as unknown as DrillTarget,
    clients: { counts: { acknowledged: 0 }, lag: 0 } as unknown as DrillClients,
    nowMs: () => 0,
    signal: new AbortController().signal,
    journal: () => {},
    onLook: () => {},
    onNote: () => Promise.resolve(),
  });
  await expect(run.until('wait', 0, () => true)).rejects.toMatchObject({
    kind: 'aborted',
    message: 'kill of n1 is not made',
  });
});
