import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import type { Plan } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { presets } from '../../../../jepsen-lite/drill/plan/presets.ts';
import { runDrill } from '../../../../jepsen-lite/drill/run/run-drill.ts';
import type { DrillTarget, TargetOptions } from '../../../../jepsen-lite/drill/target/drill-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-run-drill-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A group that nobody can be sent to, and of which a promise is seen broken when all is read back. */
function brokenTarget({ judge, real }: TargetOptions): DrillTarget {
  return {
    description: 'a group of paper',
    server: 'ledgermq',
    nameServer: 'nowhere:1',
    brokers: [],
    platform: real,
    faults: { play: () => {}, made: [], strikes: [], active: [], refused: undefined, lastStartMs: 0 },
    look: () => Promise.resolve({ leader: undefined, term: 0, problem: 'nobody leads' }),
    away: () => [],
    roles: () => Promise.resolve([]),
    rollBack: () => Promise.resolve(),
    judge: () => {
      judge.broken('one-value-a-place', 'two messages have one offset');
      return Promise.resolve([]);
    },
    close: () => Promise.resolve(),
  };
}

vi.mock('../../../../jepsen-lite/drill/target/open-target.ts', () => ({
  openTarget: (options: TargetOptions) => Promise.resolve(brokenTarget(options)),
}));
vi.mock('../../../../jepsen-lite/live/watchdog/under-watchdog.ts', () => ({
  underWatchdog: (_options: unknown, run: (mark: string, watchdog: unknown) => Promise<unknown>) => run('mark', {}),
}));
vi.mock('../../../../jepsen-lite/drill/run/drill-clients.ts', () => ({
  DrillClients: class {
    readonly history = new History();
    readonly counts = { acknowledged: 0, refused: 0, unknown: 0 };
    readonly consumedAtMs = new Map();
    readonly lag = 0;
    start(): void {}
  },
}));

test('a promise that is seen broken is in the report, and fails the drill', async () => {
  const [preset] = presets as [Plan, ...Plan[]];
  const report = await runDrill({
    plan: { ...preset, steady: { ...preset.steady, forMs: 100, timeoutMs: 0 } },
    seed: 1,
    replay: 'drill',
    versions: {},
    directory: folder,
    programs: { mqnamesrv: 'nothing', mqbroker: 'nothing' },
    watchdog: 'nothing',
    signal: new AbortController().signal,
    onLook: () => {},
    onNote: () => Promise.resolve(),
  });
  expect(report.outcome).toBe('not-steady');
  expect(report.hypotheses).toContainEqual({
    text: 'no promise is seen broken under way',
    measured: 'one-value-a-place: two messages have one offset',
    holds: false,
  });
});
