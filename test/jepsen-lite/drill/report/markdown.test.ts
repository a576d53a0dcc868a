import { expect, test } from 'vitest';
import type { Plan } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { presetNamed } from '../../../../jepsen-lite/drill/plan/presets.ts';
import { htmlOf } from '../../../../jepsen-lite/drill/report/html.ts';
import { markdownOf } from '../../../../jepsen-lite/drill/report/markdown.ts';
import { sampleReport, sampleTrial } from '../sample-report.ts';

test('a report for people', () => {
  const hurt = { ...sampleTrial(1).hurt, p99Ms: 30 };
  const silent = { ...hurt, acknowledged: 0, p99Ms: 0 };
  const text = markdownOf(sampleReport({ trials: [sampleTrial(1, { hurt: silent }), sampleTrial(2, { hurt })] }));
  expect(text).toContain('# Drill leader-kill: passed\n');
  expect(text).toContain('| RTO p95 at most 500 ms from the fault | 92 ms | yes |');
  expect(text).toContain('| RTO | 91 ms | 92 ms | 92 ms | 91 ms | 92 ms |');
  expect(text).toContain('| p99 until recovery | 30 ms | 30 ms | 30 ms | unknown | 30 ms |');
  expect(text).toContain('- trial 1: kill of n0; n0 was leader before, n1 after');
  expect(text).toContain(
    "Brokers' keys: fileReservedTime 48 on n0, 72 on n1 and n2 (default 72); flushDiskType SYNC_FLUSH (default ASYNC_FLUSH).\n",
  );
  expect(text).toContain('Again with: `npm run drill -- leader-kill --seed 7`');
  expect(text).not.toContain('Ended by themselves');
});

test('members that ended by themselves are told', () => {
  const selfEnds = [{ member: 'n0', atMs: 1, code: 'EIO', excusedBy: ['disk-error'] as const }];
  const told = 'Ended by themselves: n0 (EIO, excused by disk-error).';
  expect(markdownOf(sampleReport({ selfEnds }))).toContain(`\n${told}\n`);
  expect(htmlOf(sampleReport({ selfEnds }))).toContain(told);
});

test('in Controller mode there are masters', () => {
  const plan = presetNamed('controller-loss') as Plan;
  expect(markdownOf(sampleReport({ plan }))).toContain('- trial 1: kill of n0; n0 was master before, n1 after');
});

test('says why it was stopped, what is unknown, and what does not hold', () => {
  const text = markdownOf(
    sampleReport({
      outcome: 'aborted',
      why: 'no message was acknowledged for 30001 ms',
      trials: [sampleTrial(1, { rtoMs: undefined })],
      hypotheses: [
        { text: 'a', measured: 'x | y', holds: false },
        { text: 'b', measured: 'z', holds: 'unknown' },
      ],
    }),
  );
  expect(text).toContain('Stopped: no message was acknowledged for 30001 ms.');
  expect(text).toContain('| a | x \\| y | **no** |');
  expect(text).toContain('| b | z | **unknown** |');
  expect(text).toContain('| RTO | never | never | never |');
  expect(markdownOf(sampleReport({ trials: [] }))).toContain('0 of 1 trial.');
});

test('says that a trial was cut short, and what is known of it', () => {
  const { record } = sampleTrial(2);
  const cut = sampleTrial(2, { record: { ...record, leaderAfter: undefined, isCutShort: true }, rtoMs: undefined });
  const text = markdownOf(sampleReport({ outcome: 'aborted', trials: [sampleTrial(1), cut] }));
  expect(text).toContain('2 of 1 trial, the last of them cut short.');
  expect(text).toContain('| RTO | 91 ms | unknown | unknown | 91 ms | unknown |');
  expect(text).toContain('- trial 2: kill of n0; n0 was leader before, nobody after');
});

test('a trial that never recovered has the highest figure of all', () => {
  const text = markdownOf(
    sampleReport({ trials: [sampleTrial(1), sampleTrial(2, { rtoMs: undefined, lagDrainMs: undefined })] }),
  );
  expect(text).toContain('| RTO | 91 ms | never | never | 91 ms | never |');
  expect(text).toContain('| lag drained in | 5.0 ms | never | never | 5.0 ms | never |');
});

test("the brokers' keys are the defaults, were not told, or are not in the report", () => {
  expect(markdownOf(sampleReport({ brokerKeys: { changed: [], silent: ['n1', 'n2'] } }))).toContain(
    "Brokers' keys: LedgerMQ's defaults. Not told by n1 and n2.\n",
  );
  const odd = {
    changed: [
      { key: 'dLegerGroup', usual: '', values: { n0: 'g' } },
      { key: 'warm', values: {} },
    ],
    silent: [],
  };
  expect(markdownOf(sampleReport({ brokerKeys: odd }))).toContain(
    'Brokers\' keys: dLegerGroup g (default ""); warm not told (default unknown).\n',
  );
  const { brokerKeys: _, ...before } = sampleReport();
  expect(markdownOf(before)).not.toContain("Brokers' keys");
});
