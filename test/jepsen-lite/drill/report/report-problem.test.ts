import { expect, test } from 'vitest';
import { comparisonOf } from '../../../../jepsen-lite/drill/report/compare.ts';
import type { DrillReport } from '../../../../jepsen-lite/drill/report/drill-report.ts';
import { reportProblem } from '../../../../jepsen-lite/drill/report/report-problem.ts';
import { sampleReport, sampleTrial } from '../sample-report.ts';

function written(report: unknown): unknown {
  return JSON.parse(JSON.stringify(report)) as unknown;
}

test('reports can be compared as they were written, and those of before without a number', () => {
  const nothingMeasured = sampleTrial(1, { rtoMs: undefined, detectMs: undefined, lagDrainMs: undefined });
  for (const trials of [[], [sampleTrial(1)], [nothingMeasured]])
    expect(reportProblem(written(sampleReport({ trials })))).toBeUndefined();
  const { format: _, ...before } = sampleReport();
  expect(reportProblem(written(before))).toBeUndefined();
});

test('a report of another format is refused', () => {
  for (const format of [2, 0, '1', null])
    expect(reportProblem({ ...sampleReport(), format })).toBe(
      `this report has the format ${JSON.stringify(format)}, and only 1 can be compared here; play its drill again`,
    );
});

test.for([
  ['this is no report of a drill; name the folder', undefined],
  ['this is no report of a drill; name the folder', null],
  ['this is no report of a drill; name the folder', 7],
  ['(machine is missing); name the folder', { trials: [1], hypotheses: [2], verdicts: [], plan: {}, versions: {} }],
  ['(trials[0]: 1 must be a set of keys)', { ...sampleReport(), trials: [1] }],
  ['(trials[0].rtoMs: "5" must be a number)', { ...sampleReport(), trials: [{ ...sampleTrial(1), rtoMs: '5' }] }],
  ['(plan.target.kind is missing)', { ...sampleReport(), trials: [], plan: { ...sampleReport().plan, target: {} } }],
  ['(hypotheses[0]: 2 must be a set of keys)', { ...sampleReport(), hypotheses: [2] }],
] as const)('what is no report is refused: %s', ([sentence, report]) => {
  expect(reportProblem(report)).toContain(sentence);
});

test('whatever key is missing or has another shape, nothing that passes makes a comparison throw', () => {
  const whole = written(sampleReport()) as DrillReport;
  let refused = 0;
  for (const odd of oddities(whole)) {
    if (reportProblem(odd) !== undefined) refused++;
    else expect(() => comparisonOf(whole, odd as DrillReport) + comparisonOf(odd as DrillReport, whole)).not.toThrow();
  }
  expect(refused).toBeGreaterThan(100);
});

/** Copies in each of which one value is gone, or another one. */
function* oddities(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const put = (other: unknown): unknown =>
      Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    for (const other of [undefined, null, 5, 'x', [], {}, [1]]) yield written(put(other));
    for (const odd of oddities(inner)) yield put(odd);
  }
}
