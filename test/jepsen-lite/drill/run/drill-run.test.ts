import { expect, test } from 'vitest';
import { presets } from '../../../../jepsen-lite/drill/plan/presets.ts';
import type { DrillClients } from '../../../../jepsen-lite/drill/run/drill-clients.ts';
import { DrillFailure, DrillRun, DrillStopped } from '../../../../jepsen-lite/drill/run/drill-run.ts';
import type { DrillTarget } from '../../../../jepsen-lite/drill/target/drill-target.ts';

const look = { leader: 'n0', term: 1, problem: undefined };

function runOf(failure: Error | undefined, signal = new AbortController().signal): DrillRun {
  return new DrillRun({
    plan: presets[0] as (typeof presets)[number],
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
