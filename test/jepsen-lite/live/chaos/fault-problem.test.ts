import { expect, test } from 'vitest';
import { faultKinds } from '../../../../jepsen-lite/fault/fault-kinds.ts';
import { faultProblem, sameEndsProblem } from '../../../../jepsen-lite/live/chaos/fault-problem.ts';
import { liveFaults } from '../../../../jepsen-lite/live/chaos/live-faults.ts';
import { Chance } from '../../../../jepsen-lite/sim/chance.ts';

test('what is drawn does what it says', () => {
  const chance = new Chance(1, 'faults');
  for (const made of liveFaults) {
    const kind = faultKinds.find(({ name }) => name === made.name);
    for (let turn = 0; turn < 200; turn++) {
      const drawn = kind!.draw(chance);
      expect(faultProblem(made, { ...drawn, kind: made.name })).toBeUndefined();
    }
  }
});

test('a link between one and the same is none, and the other end is a follower where nothing is said', () => {
  const told = 'cut goes from n1 to n1, which are one; name another member with other';
  expect(sameEndsProblem({ needsOther: true }, { kind: 'cut', target: 'n1', other: 'n1' })).toBe(told);
  expect(sameEndsProblem({ needsOther: true }, { kind: 'cut', target: 'follower' })).toMatch(
    'from follower to follower',
  );
  expect(sameEndsProblem({ needsOther: true }, { kind: 'cut', target: 'leader' })).toBeUndefined();
  expect(sameEndsProblem({}, { kind: 'kill', target: 'follower' })).toBeUndefined();
});
