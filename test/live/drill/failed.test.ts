import { expect, test } from 'vitest';
import { ackBeforeCommit } from '../../../jepsen-lite/bug/ack-before-commit/bug.ts';
import { drillWith } from '../harness/broker-with.ts';
import { temporaryFolder } from '../harness/live-group.ts';
import { bounded } from '../harness/run-program.ts';
import { readRun, reportOf, startDrill, startDrillOf } from './drill-program.ts';

const RUN_MS = 120_000;
const LOST = 'acknowledged messages that are lost (RPO) at most 0';

/** Files that are quickly compared. */
const target = { kind: 'ledgermq', brokerKeys: { mappedFileSizeCommitLog: '4194304' } };

/** What does not hold, of the only drill below a folder. */
function brokenIn(folder: string): string[] {
  return reportOf(folder).hypotheses.flatMap(({ text, holds }) => (holds === true ? [] : [text]));
}

test('a drill whose group takes longer than its plan allows has failed, by that alone', {
  timeout: RUN_MS,
}, async () => {
  const folder = temporaryFolder();
  // Nobody elects another leader within a tenth of a second: until then the one that is halted counts as there.
  const faults = [{ kind: 'pause', target: 'leader', forMs: 3_000 }];
  const plan = { name: 'hasty', target, faults, expect: { rtoMs: 100 } };
  const { code, stdout } = await bounded(startDrill(folder, plan), RUN_MS);
  expect(stdout).toContain('# Drill hasty: failed');
  expect(stdout).toMatch(/\| RTO p95 at most 100 ms from the fault \| \d+ ms \| \*\*no\*\* \|/);
  expect(code).toBe(1);
  expect(reportOf(folder).outcome).toBe('failed');
  expect(brokenIn(folder)).toEqual(['RTO p95 at most 100 ms from the fault']);
  const junit = readRun(folder, 'junit.xml');
  expect(junit).toMatch(/<testsuites tests="\d+" failures="1" /);
  expect(junit).toMatch(
    /name="RTO p95 at most 100 ms from the fault" time="0">\s*<failure message="does not hold: \d+ ms"\/>/,
  );
});

test('a drill on brokers that acknowledge before a majority has the message has failed, by what is lost', {
  timeout: RUN_MS,
}, async () => {
  const folder = temporaryFolder();
  const plan = { preset: 'partition', target, load: { rate: 100 }, expect: { rtoMs: 30_000 } };
  const { code, stdout, stderr } = await bounded(startDrillOf(drillWith(ackBeforeCommit), folder, plan), RUN_MS);
  expect(stdout, stderr).toContain('# Drill partition: failed');
  expect(code).toBe(1);
  const { trials, verdicts, outcome } = reportOf(folder);
  expect(outcome).toBe('failed');
  expect(trials[0]?.lost).toBeGreaterThan(0);
  expect(brokenIn(folder)).toEqual(
    expect.arrayContaining([LOST, 'checker total-queue is content', 'checker read-back is content']),
  );
  expect(verdicts.find(({ checker }) => checker === 'total-queue')?.counts['lost']).toBeGreaterThan(0);
  expect(readRun(folder, 'junit.xml')).toMatch(/\(RPO\) at most 0" time="0">\s*<failure message="does not hold: \d+"/);
});
