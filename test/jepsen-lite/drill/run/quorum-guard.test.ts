import { expect, test } from 'vitest';
import type { Plan } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { presets } from '../../../../jepsen-lite/drill/plan/presets.ts';
import { quorumGuard } from '../../../../jepsen-lite/drill/run/quorum-guard.ts';

const [plan] = presets as [Plan, ...Plan[]];
const kill = { kind: 'kill', target: 'n1', atMs: 0, forMs: 500 } as const;

function refusal(
  fault: { readonly kind: string; readonly amount?: number },
  members: readonly string[],
  away: readonly string[],
  more = {},
) {
  const on = { paused: { kind: 'pause', members: ['n0'] }, rolling: { kind: 'rolling', members: ['n0', 'n1', 'n2'] } };
  const active = Object.entries(on).flatMap(([name, each]) => (name in more ? [{ ...each, leftMs: 5 }] : []));
  const guard = quorumGuard({ ...plan, ...more }, { away: () => away, faults: { active } });
  return guard?.({ ...kill, ...fault }, members);
}

test('a fault is not made while one that was hit before is not back, however long its start takes', () => {
  expect(refusal(kill, ['n1'], [])).toBeUndefined();
  expect(refusal(kill, ['n1'], ['n0'])).toBe(
    'kill of n1 is not made, because n0 is away and no majority of 3 would be left (allowQuorumLoss: false)',
  );
  expect(refusal({ kind: 'cut' }, ['n1'], ['n0'])).toContain('cut of n1 is not made');
});

test('of a roll that is on, whoever is not back counts as away, for its own next turn and for other faults', () => {
  expect(refusal({ kind: 'rolling' }, ['n1'], [], { rolling: true })).toBeUndefined();
  expect(refusal({ kind: 'rolling' }, ['n1'], ['n0'], { rolling: true })).toContain(
    'rolling of n1 is not made, because n0 is away',
  );
  expect(refusal(kill, ['n1'], [], { rolling: true })).toBeUndefined();
  expect(refusal(kill, ['n1'], ['n0'], { rolling: true })).toContain('kill of n1 is not made, because n0 is away');
});

test('nor while another fault is on that takes a member away', () => {
  expect(refusal(kill, ['n1'], [], { paused: true })).toContain('because n0 is away');
  expect(refusal(kill, ['n0'], [], { paused: true })).toBeUndefined();
});

test('nor where it makes a member too slow, by what the plan says of elections', () => {
  expect(refusal({ kind: 'slow-link', amount: 400 }, ['n1'], ['n0'])).toContain('slow-link of n1 is not made');
  expect(refusal({ kind: 'slow-disk', amount: 750 }, ['n1'], ['n0'])).toContain('slow-disk of n1 is not made');
  const patient = { target: { ...plan.target, brokerKeys: { electionTimeoutMs: '2000' } } };
  expect(refusal({ kind: 'slow-link', amount: 400 }, ['n1'], ['n0'], patient)).toBeUndefined();
});

test('it may, where it takes nobody away, or the plan allows it, or enough are left', () => {
  expect(refusal({ kind: 'slow-link' }, ['n1'], ['n0'])).toBeUndefined();
  expect(refusal(kill, ['n1'], ['n0'], { allowQuorumLoss: true })).toBeUndefined();
  expect(refusal(kill, ['n1'], ['n0'], { target: { ...plan.target, nodes: 5 } })).toBeUndefined();
});
