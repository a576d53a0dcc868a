import { expect, test } from 'vitest';
import { faultKinds } from '../../../../jepsen-lite/fault/fault-kinds.ts';
import { faultProblem } from '../../../../jepsen-lite/live/chaos/fault-problem.ts';
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
