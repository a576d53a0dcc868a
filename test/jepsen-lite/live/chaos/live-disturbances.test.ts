import { expect, test } from 'vitest';
import { checkAvailability } from '../../../../jepsen-lite/checker/availability.ts';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import { LiveDisturbances, liveLimits } from '../../../../jepsen-lite/live/chaos/live-disturbances.ts';

const NS_PER_MS = 1e6;
const END_MS = 60_000;

/** Who was away, and when. */
type Away = readonly (readonly [name: string, fromMs: number, toMs: number])[];

/** What is found in a run whose leader was killed at 10 s for 1 s, when a message was acknowledged every 100 ms but for `stall`. */
function findingsOf(
  stall: readonly [fromMs: number, toMs: number],
  away: Away = [['n0', 10_000, 11_500]],
  needed = 2,
): string[] {
  let nowMs = 2_000;
  const disturbances = new LiveDisturbances(() => nowMs, { members: 3, needed });
  nowMs = 10_000;
  disturbances.fault({ kind: 'kill', target: 'leader', atMs: 10_000, forMs: 1_000 });
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

test('the group has its time, and is judged for it, before the next wave', () => {
  for (const { serveMs, serveLateMs, calmMs } of Object.values(liveLimits)) {
    expect(serveLateMs).toBeGreaterThan(serveMs);
    expect(calmMs).toBeGreaterThan(serveLateMs);
  }
});
