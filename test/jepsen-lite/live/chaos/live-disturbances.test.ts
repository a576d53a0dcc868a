import { expect, test, vi } from 'vitest';
import { checkAvailability } from '../../../../jepsen-lite/checker/availability.ts';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import { LiveDisturbances, liveLimits } from '../../../../jepsen-lite/live/chaos/live-disturbances.ts';

const NS_PER_MS = 1e6;
const END_MS = 60_000;

/** Who was away, and when. */
type Away = readonly (readonly [name: string, fromMs: number, toMs: number])[];

/** A fault, and whom it hit. */
type Hit = readonly [kind: string, atMs: number, forMs: number, ...members: string[]];

const killed: Hit = ['kill', 10_000, 1_000, 'n0'];

/** What is found in a run whose leader was killed at 10 s for 1 s, or that was hit otherwise, when a message was acknowledged every 100 ms but for `stall`. */
function findingsOf(
  stall: readonly [fromMs: number, toMs: number],
  away: Away = [['n0', 10_000, 11_500]],
  needed = 2,
  faults: readonly Hit[] = [killed],
): string[] {
  let nowMs = 2_000;
  const disturbances = new LiveDisturbances(() => nowMs, { members: 3, needed });
  for (const [kind, atMs, forMs, ...members] of faults) {
    nowMs = atMs;
    disturbances.fault({ kind, target: 'leader', atMs, forMs }, members);
  }
  const moments = away.flatMap(([name, fromMs, toMs]) => [
    { name, atMs: fromMs, isThere: false },
    { name, atMs: toMs, isThere: true },
  ]);
  for (const { name, atMs, isThere } of moments.sort((a, b) => a.atMs - b.atMs)) {
    nowMs = atMs;
    disturbances.member(name, isThere);
  }
  nowMs = END_MS;
  disturbances.close();
  const history = new History();
  for (let atMs = 2_000; atMs < END_MS; atMs += 100) {
    if (atMs > stall[0] && atMs < stall[1]) continue;
    const id = history.invoke(1, 'append', 'q', `m${atMs}`, atMs * NS_PER_MS, '');
    history.ok(id, (atMs + 5) * NS_PER_MS, atMs);
  }
  const { verdict } = checkAvailability(history, disturbances.availability());
  return verdict.findings.map(({ anomaly }) => anomaly);
}

test('a group may take its time after a fault, and while too few are there', () => {
  expect(findingsOf([10_000, 17_000])).toEqual([]);
  const two: Away = [
    ['n0', 10_000, 25_000],
    ['n1', 10_000, 25_500],
  ];
  expect(findingsOf([10_000, 30_000], two)).toEqual([]);
});

test('a majority that is whole has to serve, however long the others are away', () => {
  expect(findingsOf([10_000, 30_000], [['n0', 10_000, 25_000]])).toContain('slow-heal');
  expect(findingsOf([10_000, 26_600], [['n0', 10_000, 13_000]])).toContain('slow-heal');
  expect(findingsOf([10_000, 30_000], [['n0', 10_000, 25_000]], 3)).toEqual([]);
});

test('members that take half a minute and more to come back are no excuse', () => {
  const two: Away = [
    ['n0', 10_000, 49_000],
    ['n1', 10_000, 49_000],
  ];
  expect(findingsOf([10_000, 50_000], two)).toContain('slow-heal');
});

test('eight seconds without an acknowledgement convict: behind a fault, and where there was none', () => {
  expect(findingsOf([10_000, 19_600])).toEqual(['slow-heal']);
  expect(findingsOf([12_000, 20_000])).toEqual(['calm-stall']);
  expect(findingsOf([30_000, 38_000])).toEqual(['calm-stall']);
});

test('a group that elects nobody while its leader is halted is convicted, though it serves as soon as that goes on', () => {
  const halted: Hit = ['pause', 10_000, 20_000, 'n0'];
  expect(findingsOf([10_000, 30_000], [], 2, [halted])).toEqual(['slow-failover']);
  // Nobody has to go on without it where all are needed.
  expect(findingsOf([10_000, 30_000], [], 3, [halted])).toEqual([]);
  expect(findingsOf([10_000, 20_400], [], 2, [halted])).toEqual([]);
  expect(findingsOf([10_000, 20_600], [], 2, [halted])).toEqual(['slow-failover']);
  // One that gets through while the fault strikes shows nothing.
  expect(findingsOf([10_300, 20_600], [], 2, [halted])).toEqual(['slow-failover']);
});

test('while a fault lasts, nothing is asked of a group of which too few are whole, or of which nobody knows who is', () => {
  const halted: Hit = ['pause', 10_000, 20_000, 'n0'];
  const stall = [10_000, 30_000] as const;
  const found = (...others: Hit[]) => findingsOf(stall, [], 2, [...others, halted]);
  expect(found(['isolate', 15_000, 1_000, 'n1'])).toEqual([]);
  expect(found(['name-server', 12_000, 1_000])).toEqual([]);
  // All were whole when the run began, at 2 s.
  expect(findingsOf([3_000, 23_000], [], 2, [['pause', 3_000, 20_000, 'n0']])).toEqual(['slow-failover']);
  // Who was hit before needs its time.
  expect(found(['isolate', 3_000, 1_500, 'n1'])).toEqual([]);
  expect(found(['isolate', 2_500, 1_000, 'n1'])).toEqual(['slow-failover']);
  expect(found(['clock-jump', 15_000, 1_000, 'n0'])).toContain('slow-failover');
  expect(findingsOf(stall, [['n2', 19_000, 21_000]], 2, [halted])).toEqual([]);
});

test.for([
  { heldUpMs: 490, judged: 1 },
  { heldUpMs: 510, judged: 0 },
])('nor while the run itself was held up for half a second and more: $heldUpMs ms', ({ heldUpMs, judged }) => {
  vi.useFakeTimers();
  try {
    let nowMs = 9_990;
    const disturbances = new LiveDisturbances(() => nowMs, { members: 3, needed: 2 });
    for (const atMs of [10_000, 10_000 + heldUpMs]) {
      nowMs = atMs;
      vi.advanceTimersByTime(10);
      if (atMs === 10_000) disturbances.fault({ kind: 'pause', target: 'leader', atMs, forMs: 20_000 }, ['n0']);
    }
    disturbances.close();
    nowMs = END_MS;
    expect(disturbances.availability().failovers).toHaveLength(judged);
  } finally {
    vi.useRealTimers();
  }
});

test('the group has its time, and is judged for it, before the next wave', () => {
  for (const { serveMs, serveLateMs, failoverMs, calmMs } of Object.values(liveLimits)) {
    expect(failoverMs).toBeGreaterThan(serveLateMs);
    expect(serveLateMs).toBeGreaterThan(serveMs);
    expect(calmMs).toBeGreaterThan(serveLateMs);
  }
});
