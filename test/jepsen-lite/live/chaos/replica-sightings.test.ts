import { expect, test } from 'vitest';
import { checkReplicas } from '../../../../jepsen-lite/checker/replica-checker.ts';
import { ReplicaSightings } from '../../../../jepsen-lite/live/chaos/replica-sightings.ts';

/** What a member tells: its commit index and, for each term that it led, the term. */
type Told = [node: string, starts: number, commitIndex: number, led: readonly number[]];

function anomalies(...told: readonly Told[]): (string | undefined)[] {
  const sightings = new ReplicaSightings();
  for (const [at, [node, starts, commitIndex, led]] of told.entries()) {
    const roleHistory = led.flatMap((term) => [
      { role: 'candidate', term },
      { role: 'leader', term },
      { role: 'follower', term: term + 1 },
    ]);
    sightings.heard(node, starts, { commitIndex, roleHistory }, at);
  }
  return checkReplicas([], sightings.events, { healed: true }).findings.map(({ anomaly }) => anomaly);
}

test('leaderships and commits that rise, over a start anew too, are in order', () => {
  expect(
    anomalies(
      ['n0', 1, 5, [1]],
      ['n1', 1, 5, []],
      ['n0', 1, 9, [1, 3]],
      ['n1', 1, 8, [4]],
      // Its process has forgotten up to where it had committed, and its list begins anew.
      ['n0', 2, 2, []],
      ['n0', 2, 9, [5]],
    ),
  ).toEqual([]);
});

test('two leaders of a term are found, though one had let go before anybody looked', () => {
  expect(anomalies(['n0', 1, 5, [2]], ['n1', 1, 5, [1, 2, 3]])).toEqual(['two-leaders']);
});

test('a commit that falls while its process lives is found', () => {
  expect(anomalies(['n0', 1, 9, [1]], ['n0', 1, 8, [1]])).toEqual(['commit-regressed']);
});

test('a term that a member led after a later one is found', () => {
  expect(anomalies(['n0', 1, 9, [4]], ['n0', 2, 9, [3]])).toEqual(['term-regressed']);
});
