import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/live-group.ts';
import { bounded } from '../harness/run-program.ts';
import { eventsOf, reportOf, startDrill } from './drill-program.ts';

// How fast is for the drill itself to say, on a machine that does nothing else: here it has to be measured.
test('a leader is killed, and the report says how that went', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const { code, stdout } = await bounded(
    startDrill(folder, { preset: 'leader-kill', repeat: 2, expect: { rtoMs: 10_000, lost: 0, orderBreaks: 0 } }),
    110_000,
  );
  expect(stdout).toContain('# Drill leader-kill: passed');
  expect(code).toBe(0);
  const report = reportOf(folder);
  expect(report.trials).toHaveLength(2);
  for (const { record, rtoMs, detectMs = 0, electMs = 0, serveMs = 0, lost } of report.trials) {
    expect(record.faults).toMatchObject([{ kind: 'kill', members: [record.leaderBefore] }]);
    expect(record.leaderAfter).not.toBe(record.leaderBefore);
    expect(rtoMs).toBeGreaterThan(0);
    expect(detectMs + electMs + serveMs).toBeCloseTo(rtoMs ?? 0, 3);
    expect(lost).toBe(0);
  }
  expect(report.verdicts.map(({ checker, valid }) => [checker, valid])).toEqual([
    ['total-queue', true],
    ['log', true],
    ['real-time-order', true],
    ['consumption', true],
    ['replica', true],
    ['read-back', true],
  ]);
  expect(eventsOf(folder)).toEqual(expect.arrayContaining(['drill', 'trial', 'leader', 'trial-over', 'verdict']));
});
