import { describe, expect, test } from 'vitest';
import { mostAway } from '../../../../jepsen-lite/drill/plan/members-away.ts';
import { readPlan } from '../../../../jepsen-lite/drill/plan/read-plan.ts';

describe('how many members may be away at the same time', () => {
  const plan = (faults: string) => readPlan(`{ allowQuorumLoss: true, faults: [${faults}] }`, 'file');
  test.for([
    ['{ kind: kill }', 1],
    ['{ kind: kill, forMs: 1000 }, { kind: pause, target: follower, atMs: 3001 }', 1],
    ['{ kind: kill, forMs: 1000 }, { kind: kill, target: n1, atMs: 1001 }', 2],
    ['{ kind: pause, forMs: 1000 }, { kind: pause, target: n1, atMs: 1001 }', 1],
    ['{ kind: rolling, target: all, forMs: 300 }', 3],
    ['{ kind: rolling, forMs: 3000 }', 2],
    ['{ kind: rolling, forMs: 6000 }', 1],
    ['{ kind: disk-error, target: n0 }, { kind: kill, target: n1, atMs: 900 }', 2],
    ['{ kind: kill, forMs: 3000 }, { kind: pause, target: follower, atMs: 2000 }', 2],
    ['{ kind: disk-full, target: all }', 3],
    ['{ kind: blackout }', 3],
    ['{ kind: slow-link }', 0],
    ['{ kind: slow-link, amount: 374 }, { kind: slow-link, target: follower, amount: 374 }', 0],
    ['{ kind: slow-link, amount: 375 }, { kind: slow-link, target: follower, amount: 60000 }', 2],
    ['{ kind: slow-disk, amount: 749 }', 0],
    ['{ kind: slow-disk, target: n0, amount: 750 }, { kind: slow-disk, target: n1, amount: 8000 }', 2],
    ['{ kind: disk-error }', 1],
    ['{ kind: disk-error, forMs: 0 }, { kind: disk-error, target: follower, atMs: 500, forMs: 0 }', 2],
    ['{ kind: cut, target: n0, other: n1 }', 0],
    ['{ kind: cut, target: n0, other: n1 }, { kind: cut, target: n1, other: n0, mode: in }', 0],
    ['{ kind: cut, target: n0, other: n1 }, { kind: cut, target: n0, other: n2 }', 1],
    [
      '{ kind: cut, target: n0, other: n1 }, { kind: cut, target: n0, other: n2 }, { kind: cut, target: n1, other: n2 }',
      3,
    ],
    ['{ kind: cut }', 0],
    ['{ kind: cut }, { kind: cut, other: other-follower }', 1],
    ['{ kind: kill, target: n0 }, { kind: cut, target: n1, other: n2 }', 3],
  ] as const)('%s: %i', ([faults, most]) => {
    expect(mostAway(plan(faults))).toBe(most);
  });

  test('a phase that does not wait until all is well again meets the next', () => {
    const phases = (until: string) =>
      `{ allowQuorumLoss: true, phases: [{ faults: [{ kind: kill, forMs: 500 }], until: ${until} }, { faults: [{ kind: kill, target: follower }] }] }`;
    expect(mostAway(readPlan(phases('over'), 'file'))).toBe(2);
    expect(mostAway(readPlan(phases('steady'), 'file'))).toBe(1);
  });

  test('more than a minority needs permission', () => {
    const faults = 'faults: [{ kind: kill }, { kind: kill, target: follower }]';
    expect(() => readPlan(faults, 'file')).toThrow('the faults may take 2 of 3 members away at the same time');
    expect(() => readPlan(`{ ${faults}, target: { nodes: 5 } }`, 'file')).not.toThrow();
    const [a, b, c] = ['n0, other: n1', 'n0, other: n2', 'n1, other: n2'].map(
      (ends) => `{ kind: cut, target: ${ends} }`,
    );
    expect(() => readPlan(`faults: [${a}, ${b}]`, 'file')).not.toThrow();
    expect(() => readPlan(`faults: [${a}, ${b}, ${c}]`, 'file')).toThrow('the faults may take 3 of 3 members away');
    expect(() => readPlan(`{ faults: [${a}, ${b}, ${c}], target: { nodes: 5 } }`, 'file')).not.toThrow();
    const errors = '{ kind: disk-error }, { kind: disk-error, target: follower }';
    expect(() => readPlan(`faults: [${errors}]`, 'file')).toThrow('the faults may take 2 of 3 members away');
    expect(() => readPlan(`{ ${faults}, allowQuorumLoss: true }`, 'file')).not.toThrow();
  });
});
