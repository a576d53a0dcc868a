import { beforeAll, describe, expect, test } from 'vitest';
import type { Group } from '../../cluster/launch/group.ts';
import { killRounds, median } from '../../scripts/bench/failover/kill-rounds.ts';
import { startLiveGroup } from './harness/live-group.ts';

const ROUNDS = 10;
/** What may be lost of unanswered offset updates: `offsetBatchMs` (200), and what a busy machine adds on the way to the majority: little as a rule. */
const USUAL_PROGRESS_MS = 200 + 150;
const LONGEST_PROGRESS_MS = 200 + 1_300;

describe('a leader that is killed again and again', () => {
  let group: Group;
  beforeAll(async () => {
    group = await startLiveGroup();
  });

  test.for([
    { senders: 1, pauseMs: 2 },
    { senders: 16, pauseMs: 8 },
  ])(
    'takes nothing acknowledged with it under $senders continuous senders',
    {
      timeout: 120_000,
    },
    async ({ senders, pauseMs }) => {
      const report = await killRounds(group, { topic: `Failover${senders}`, rounds: ROUNDS, senders, pauseMs });
      const outages = report.rounds.map(({ outageMs }) => outageMs.toFixed(0)).join(' ');
      console.log(`${senders} senders: outages ${outages} ms, median ${report.medianOutageMs.toFixed(0)} ms`);
      expect(report.messages.breaches).toEqual([]);
      expect(report.breaches).toEqual([]);
      expect(report.failures).toEqual([]);
      const lostProgress = report.rounds.map(({ lostProgressMs }) => lostProgressMs);
      expect(median(lostProgress)).toBeLessThan(USUAL_PROGRESS_MS);
      expect(Math.max(...lostProgress)).toBeLessThan(LONGEST_PROGRESS_MS);
      expect(new Set(report.rounds.map(({ killed }) => killed)).size).toBeGreaterThan(1);
      expect(report.messages.acknowledged).toBeGreaterThan(100 * senders);
    },
  );
});
