import { expect, test } from 'vitest';
import { faultKinds } from '../../../../jepsen-lite/fault/fault-kinds.ts';
import type { Fault } from '../../../../jepsen-lite/fault/schedule.ts';
import { controllerMode } from '../../../../jepsen-lite/live/chaos/controller-mode.ts';
import { dledgerMode } from '../../../../jepsen-lite/live/chaos/dledger-mode.ts';
import { faultProblem, sameEndsProblem } from '../../../../jepsen-lite/live/chaos/fault-problem.ts';
import { liveFaults } from '../../../../jepsen-lite/live/chaos/live-faults.ts';
import { drawLiveSchedule } from '../../../../jepsen-lite/live/chaos/live-schedule.ts';
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

test('leadership does not go from the leader to the leader', () => {
  const transfer = liveFaults.find(({ name }) => name === 'transfer')!;
  const problem = sameEndsProblem(transfer, { kind: 'transfer', target: 'leader', other: 'leader' });
  expect(problem).toBe('transfer goes from leader to leader, which are one; name another member with other');
});

test('nor is anything of a drawn live schedule refused', () => {
  for (const mode of [dledgerMode, controllerMode]) {
    const kinds = mode.kinds.filter((kind) => liveFaults.some(({ name }) => name === kind));
    const times = { startMs: 0, endMs: 3_600_000, calmMs: 0 };
    const faults = drawLiveSchedule(new Chance(1, 'faults'), { kinds, nodes: 3, ...times });
    expect(faults.length).toBeGreaterThan(500);
    for (const fault of faults) {
      expect(faultProblem(liveFaults.find(({ name }) => name === fault.kind)!, fault)).toBeUndefined();
    }
  }
});

/** A fault of a kind as it has to be at least. */
function sound({ name, needsAmount, onlyTarget = 'n0' }: (typeof liveFaults)[number]) {
  return { kind: name, target: onlyTarget, forMs: 1, ...(needsAmount ? { amount: 100 } : {}) } as const;
}

test('what changes nothing is refused', () => {
  const kinds = (value: Partial<Fault>): string[] => {
    const made = liveFaults.filter((each) =>
      faultProblem(each, { ...sound(each), ...value })?.includes('changes nothing'),
    );
    return made.map(({ name }) => name);
  };
  expect(kinds({})).toEqual([]);
  // What ends a process starts it again, and what breaks connections or hands over is done at once.
  const lasting = ['pause', 'isolate', 'cut', 'deaf', 'hide', 'slow-link', 'slow-disk', 'disk-full', 'clock-jump'];
  expect(kinds({ forMs: 0 })).toEqual(lasting);
  expect(kinds({ amount: 0 })).toEqual(['clock-jump']);
  expect(kinds({ amount: undefined as unknown as number })).toEqual(['clock-jump']);
  const slow = liveFaults.find(({ name }) => name === 'slow-disk')!;
  expect(faultProblem(slow, { ...sound(slow), amount: 0 })).toBe(
    'slow-disk cannot have amount 0; whole numbers from 1 to 600000 are possible',
  );
});

test('a target that a kind passes over is refused, as is another end of a kind that has none', () => {
  const refusing = (value: Partial<Fault>, word: string): string[] => {
    const made = liveFaults.filter((each) => faultProblem(each, { ...sound(each), ...value })?.includes(word));
    return made.map(({ name }) => name).sort();
  };
  expect(refusing({ target: 'n1' }, 'cannot have target n1; ')).toEqual([
    'blackout',
    'name-server',
    'rolling',
    'transfer',
  ]);
  const ends = liveFaults.map(({ name }) => name).filter((name) => !['cut', 'reset', 'transfer'].includes(name));
  expect(refusing({ other: 'n2' }, 'has no other end; leave out other n2')).toEqual(ends.sort());
});

test('every kind refuses a mode that it does not know, and amounts beyond its bounds', () => {
  for (const made of liveFaults) {
    const problem = (value: Partial<Fault>) => faultProblem(made, { ...sound(made), ...value });
    expect(problem({ mode: 'wat' })).toContain(made.modes.length === 0 ? 'has no modes' : 'has no mode wat; there are');
    for (const mode of made.modes) expect(problem({ mode })).toBeUndefined();
    for (const amount of [-(2 ** 52), 2 ** 52, 0.5]) {
      expect(problem({ amount })).toContain(
        made.amounts === undefined ? 'has no amount' : `cannot have amount ${amount}`,
      );
    }
    const { least, most } = made.amounts ?? { least: undefined, most: undefined };
    for (const amount of [least, most]) expect(problem(amount === undefined ? {} : { amount })).toBeUndefined();
  }
});
