import { expect, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import type { Schedule } from '../../../jepsen-lite/fault/schedule.ts';
import { run } from '../../../jepsen-lite/sim/run.ts';
import type { TraceSink } from '../../../jepsen-lite/sim/trace.ts';

/** Scenes that broke real systems, as schedules of their own: what random ones cannot judge, because there anything may happen beside it. */
async function play(schedule: Schedule, nodes = 3, seconds = 16) {
  /** When a leader began to serve, ms. */
  const serves: number[] = [];
  const traceSink: TraceSink = (atMicros, _, what) => {
    if (what === 'serves') serves.push(atMicros / 1_000);
  };
  const result = await run({ seed: 4, nodes, durationMs: seconds * 1_000, engine: nodeEngine, schedule, traceSink });
  expect(result.violation).toBeUndefined();
  expect(Object.keys(result.coverage).filter((hit) => hit.endsWith('skipped'))).toEqual([]);
  return { ...result, serves };
}

/** Three election timeouts, the longest that are drawn. */
const ELECTED_MS = 3 * 1_500;

const quiet = (): ReturnType<typeof play> => play([]);

test('a follower that was cut off or restarted disturbs nobody when it is back (disruptive rejoin)', async () => {
  const cutOff = await play([{ kind: 'isolate', atMs: 2_000, target: 'follower', forMs: 7_000, mode: 'peers' }]);
  expect(cutOff.leaderships).toBe(1);
  const deaf = await play([{ kind: 'deaf', atMs: 2_000, target: 'follower', forMs: 7_000, mode: 'in' }]);
  expect(deaf.leaderships).toBe(1);
  const away = await play([{ kind: 'kill', atMs: 2_000, target: 'follower', forMs: 7_000 }]);
  expect(away.leaderships).toBe(1);
});

test('one cut link between the leader and a follower costs at most one change of leader, and writes go on', async () => {
  for (const mode of ['both', 'out', 'in']) {
    const bridge = await play([{ kind: 'cut', atMs: 2_000, target: 'leader', other: 'follower', forMs: 10_000, mode }]);
    expect(bridge.leaderships).toBeLessThanOrEqual(2);
    expect(bridge.acknowledged).toBeGreaterThan((await quiet()).acknowledged * 0.7);
  }
});

test('a leader that the others refuse is replaced at once, long before it knows, and is part of the group again when they admit it', async () => {
  const result = await play([{ kind: 'split', atMs: 2_000, target: 'leader', forMs: 300, mode: 'refuse' }]);
  expect(result.leaderships).toBe(2);
  expect(result.acknowledged).toBeGreaterThan((await quiet()).acknowledged * 0.9);
});

test('with one member down, a leader that must step down while the other hears it is replaced soon (pre-vote deadlock)', async () => {
  // It does not hear that the other follows it, and steps down; the other had heard it to the end, and has no one else to elect.
  const endMs = 5_000;
  const result = await play([
    { kind: 'kill', atMs: 2_000, target: 'follower', forMs: 13_000 },
    { kind: 'deaf', atMs: 2_500, target: 'leader', forMs: endMs - 2_500, mode: 'in' },
  ]);
  const [first = 0, second = 0, ...more] = result.serves;
  expect(first).toBeLessThan(2_000);
  expect(second).toBeGreaterThan(2_500);
  expect(second).toBeLessThan(endMs + ELECTED_MS);
  expect(more).toEqual([]);
});

test('a leader that is killed again and again is replaced each time, and most operations succeed', async () => {
  const kills = [2_000, 4_000, 6_000, 8_000, 10_000].map(
    (atMs) => ({ kind: 'kill', atMs, target: 'leader', forMs: 500 }) as const,
  );
  const result = await play(kills);
  expect(result.leaderships).toBe(6);
  expect(result.acknowledged).toBeGreaterThan((await quiet()).acknowledged * 0.7);
});

test('of five members each sees two others only: the group goes on (ring of majorities)', async () => {
  const pairs = [
    ['n0', 'n2'],
    ['n0', 'n3'],
    ['n1', 'n3'],
    ['n1', 'n4'],
    ['n2', 'n4'],
  ] as const;
  const schedule = pairs.map(([target, other]) => {
    return { kind: 'cut', atMs: 2_000, target, other, forMs: 8_000, mode: 'both' } as const;
  });
  const result = await play(schedule, 5);
  expect(result.acknowledged).toBeGreaterThan(100);
});

test('after a blackout every order of starts ends with the newest log leading', async () => {
  for (let amount = 0; amount < 6; amount++) {
    const result = await play(
      [
        { kind: 'isolate', atMs: 2_000, target: 'n1', forMs: 3_000, mode: 'peers' },
        { kind: 'blackout', atMs: 4_900, target: 'all', forMs: 2_000, amount, mode: 'kill' },
      ],
      3,
      10,
    );
    expect(result.leaderships).toBeGreaterThan(1);
  }
});
