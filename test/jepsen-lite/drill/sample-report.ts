import type { TrialFigures } from '../../../jepsen-lite/drill/measure/trial-figures.ts';
import type { Plan } from '../../../jepsen-lite/drill/plan/plan.ts';
import { presets } from '../../../jepsen-lite/drill/plan/presets.ts';
import type { DrillReport } from '../../../jepsen-lite/drill/report/drill-report.ts';

const calm = { acknowledged: 800, refused: 0, unknown: 0, perSecond: 400, p50Ms: 2, p99Ms: 9, longestGapMs: 12 };

/** A trial in which all went well. */
export function sampleTrial(number: number, more: Partial<TrialFigures> = {}): TrialFigures {
  return {
    record: {
      number,
      leaderBefore: 'n0',
      leaderAfter: 'n1',
      calmFromMs: 1_000,
      faultMs: 3_000,
      healMs: 5_000,
      endMs: 8_000,
      phases: [{ faultMs: 3_000, healMs: 5_000 }],
      faults: [{ kind: 'kill', members: ['n0'], hits: [{ member: 'n0', atMs: 3_000 }], startMs: 3_000, endMs: 5_000 }],
      strikes: [{ startMs: 3_000, endMs: 3_010 }],
      roles: [
        { atMs: 5, member: 'n0', role: 'leader', term: 1, leader: 'n0' },
        { atMs: 3_050, member: 'n1', role: 'leader', term: 2, leader: 'n1' },
      ],
      problem: undefined,
      isCutShort: false,
    },
    rtoMs: 90 + number,
    outageFromMs: 3_000,
    recoveredMs: 3_090 + number,
    detectMs: 30,
    electMs: 20,
    serveMs: 40 + number,
    failedForMs: 0,
    failedSends: 0,
    longestStallMs: 95,
    stall: { fromMs: 3_000, lengthMs: 95 },
    lost: 0,
    duplicates: 1,
    lagDrainMs: 5,
    ownPauseMs: 0,
    calm,
    hurt: calm,
    after: calm,
    buckets: [
      { startMs: 1_000, ok: 40, failed: 0, worstMs: 9 },
      { startMs: 3_000, ok: 3, failed: 2, worstMs: 91 },
    ],
    ...more,
  };
}

/** A report of a drill that passed. */
export function sampleReport(more: Partial<DrillReport> = {}): DrillReport {
  return {
    format: 1,
    plan: presets[0] as Plan,
    seed: 7,
    replay: 'npm run drill -- leader-kill --seed 7',
    versions: { LedgerMQ: '0.1.0', Node: 'v20.19.0' },
    machine: '2 × processor, linux 6, load 0.5',
    startedAt: '2026-11-28T12:00:00.000Z',
    target: 'a LedgerMQ DLedger group of 3 members, started for the drill',
    brokerKeys: {
      changed: [
        { key: 'fileReservedTime', usual: '72', values: { n0: '48', n1: '72', n2: '72' } },
        {
          key: 'flushDiskType',
          usual: 'ASYNC_FLUSH',
          values: { n0: 'SYNC_FLUSH', n1: 'SYNC_FLUSH', n2: 'SYNC_FLUSH' },
        },
      ],
      silent: [],
    },
    outcome: 'passed',
    why: undefined,
    trials: [sampleTrial(1), sampleTrial(2)],
    hypotheses: [{ text: 'RTO p95 at most 500 ms from the fault', measured: '92 ms', holds: true }],
    verdicts: [{ checker: 'total-queue', valid: true, counts: { examined: 10, acknowledged: 10 } }],
    wallMs: 20_000,
    ...more,
  };
}
