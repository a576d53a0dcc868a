import { expect, test } from 'vitest';
import { loadProblem, WorkingLoad } from '../../../jepsen-lite/sim/working-load.ts';

/** Plays 30 s; `serves` and what ends well between two looks, by the number of the look. */
function played(serves: (look: number) => boolean, done: (look: number) => number): ReturnType<WorkingLoad['end']> {
  let [look, acknowledged] = [0, 0];
  const waiting: (() => void)[] = [];
  const scene = { servesClients: () => serves(look), later: (_ms: number, run: () => void) => void waiting.push(run) };
  const load = new WorkingLoad(scene, () => acknowledged);
  load.begin();
  for (look = 1; look <= 300; look++) {
    acknowledged += done(look);
    waiting.shift()?.();
  }
  const figures = load.end();
  waiting.shift()?.();
  expect(waiting).toEqual([]);
  return figures;
}

test('a steady load works', () => {
  const figures = played(
    () => true,
    () => 3,
  );
  expect(figures.acknowledgedPerSecond).toBeCloseTo(30);
  expect(figures.served).toBeCloseTo(1, 1);
  expect(loadProblem(figures, 30)).toBeUndefined();
  expect(loadProblem(figures, 19.9)).toBe('19.9 client operations a second ended');
});

test('what is not done while somebody serves is missing, however much is refused', () => {
  const figures = played(
    () => true,
    (look) => look % 2,
  );
  expect(loadProblem(figures, 30)).toBe('5.0 client operations a second ended well while somebody served');
});

test('a cluster that is dead for 24 of 30 seconds is told of, and one that hardly lives at all has no load', () => {
  const most = played(
    (look) => look <= 60,
    (look) => (look <= 60 ? 3 : 0),
  );
  expect(most.served).toBeCloseTo(0.2, 1);
  expect(loadProblem(most, 30)).toBeUndefined();
  const all = played(
    (look) => look <= 7,
    (look) => (look <= 7 ? 3 : 0),
  );
  expect(loadProblem(all, 30)).toBe('somebody served in 2.0 % of the time with load');
  expect(
    loadProblem(
      played(
        () => false,
        () => 3,
      ),
      30,
    ),
  ).toContain('0.0 %');
});
