import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DrillReport } from '../../../jepsen-lite/drill/report/drill-report.ts';
import { temporaryFolder } from '../harness/live-group.ts';
import { bounded, start } from '../harness/run-program.ts';

test('a leader is killed, and the report says how that went', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const args = ['leader-kill', '--seed', '1', '--repeat', '2', '--dir', folder];
  const { code, stdout } = await bounded(start('drill', args), 110_000);
  expect(stdout).toContain('# Drill leader-kill: passed');
  expect(code).toBe(0);
  const [run = ''] = readdirSync(folder);
  const report = JSON.parse(readFileSync(join(folder, run, 'report.json'), 'utf8')) as DrillReport;
  expect(report.trials).toHaveLength(2);
  for (const { record, rtoMs, detectMs = 0, electMs = 0, serveMs = 0, lost } of report.trials) {
    expect(record.faults).toMatchObject([{ kind: 'kill', members: [record.leaderBefore] }]);
    expect(record.leaderAfter).not.toBe(record.leaderBefore);
    expect(rtoMs).toBeGreaterThan(0);
    expect(detectMs + electMs + serveMs).toBeCloseTo(rtoMs ?? 0, 3);
    expect(lost).toBe(0);
  }
  const events = readFileSync(join(folder, run, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const names = events.map((line) => (JSON.parse(line) as { event: string }).event);
  expect(names).toEqual(expect.arrayContaining(['drill', 'trial', 'leader', 'trial-over', 'verdict']));
  expect(existsSync(join(folder, run, 'group'))).toBe(false);
});
