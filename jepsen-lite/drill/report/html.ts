import { colours, drawingStyle } from '../../checker/drawing-style.ts';
import { selfEndsText } from '../../live/chaos/self-ends.ts';
import type { Hypothesis } from '../measure/hypotheses.ts';
import { headOf } from '../plan/plan.ts';
import { brokerKeysText } from './broker-keys-text.ts';
import { type DrillReport, figureRows, figureText, trialsText } from './drill-report.ts';
import { escaped } from './markup.ts';
import { timelineSvg } from './timeline-svg.ts';

const style = `
${colours}
@media print { body { max-width: none; } figure, table { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td.figure { text-align: right; font-variant-numeric: tabular-nums; } .scroll { overflow-x: auto; }
.passed, .yes { color: var(--ok); } .failed, .aborted, .not-steady, .interrupted, .no { color: var(--bad); }
figure { margin: 1.5rem 0; } figcaption { color: var(--soft); } svg { width: 100%; height: auto; }
${drawingStyle}
pre { background: color-mix(in srgb, var(--rule) 35%, transparent); padding: .8rem; overflow-x: auto; white-space: pre-wrap; }
`;

/** The report as one page that needs nothing else: readable on light and dark screens, and in print. */
export function htmlOf(report: DrillReport): string {
  const { plan, outcome, why, trials, target, replay, versions, machine, startedAt, wallMs, seed } = report;
  const stopped = why === undefined ? '' : `<p>Stopped: ${escaped(why)}.</p>`;
  const selfEnds = selfEndsText(report.selfEnds ?? []);
  const versionText = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Drill ${escaped(plan.name)}: ${outcome}</title>
<style>${style}</style>
<h1>Drill ${escaped(plan.name)}: <span class="${outcome}">${outcome}</span></h1>
<p>${escaped(plan.about)} Done to ${escaped(target)}; ${trialsText(report)}.</p>
${stopped}
<table><tr><th>hypothesis<th>measured<th>holds</tr>
${report.hypotheses.map(hypothesisRow).join('\n')}
</table>
${figureTable(report)}
${trials.map((trial) => figure(trial, plan)).join('\n')}
${selfEnds === undefined ? '' : `<p>${escaped(selfEnds)}.</p>`}
<h2>How it was done</h2>
<p>Load: ${plan.load.rate} messages a second of ${plan.load.bodyBytes} bytes from ${plan.load.senders} senders; send timeout ${plan.load.sendTimeoutMs} ms.
${escaped(brokerKeysText(report.brokerKeys) ?? '')}
Began ${escaped(startedAt)}, took ${(wallMs / 1_000).toFixed(0)} s. ${escaped(machine)}. ${escaped(versionText.join(', '))}. Seed ${seed}.</p>
<pre>${escaped(replay)}</pre>
<details><summary>Plan</summary><pre>${escaped(JSON.stringify(plan, undefined, 2))}</pre></details>
</html>
`;
}

function hypothesisRow({ text, measured, holds }: Hypothesis): string {
  const word = holds === true ? 'yes' : holds === false ? 'no' : 'unknown';
  return `<tr><td>${escaped(text)}<td>${escaped(measured)}<td class="${word === 'yes' ? 'yes' : 'no'}">${word}</tr>`;
}

function figureTable({ trials }: DrillReport): string {
  if (trials.length === 0) return '';
  const each = trials.length > 1 ? trials.map(({ record }) => `trial ${record.number}`) : [];
  const head = ['figure', 'p50', 'p95', 'max', ...each].map((name) => `<th>${name}`).join('');
  const rows = figureRows(trials).map((row) => {
    const { name, spread, trials: figures } = row;
    const cells = [spread?.p50, spread?.p95, spread?.max, ...(trials.length > 1 ? figures : [])];
    return `<tr><td>${name}${cells.map((cell) => `<td class="figure">${figureText(cell, row)}`).join('')}</tr>`;
  });
  return `<div class="scroll"><table><tr>${head}</tr>\n${rows.join('\n')}\n</table></div>`;
}

function figure(trial: DrillReport['trials'][number], { target }: DrillReport['plan']): string {
  const head = headOf(target);
  const { record, rtoMs } = trial;
  const { number, leaderBefore = 'nobody', leaderAfter = 'nobody', problem, isCutShort } = record;
  const rto = figureText(rtoMs, { unit: 'ms', missing: isCutShort ? 'unknown' : 'never' });
  const ended = problem === undefined ? '' : ` It did not recover: ${escaped(problem)}.`;
  const caption = `Trial ${number}: RTO ${rto} (dashed line); ${leaderBefore} was ${head} before, ${leaderAfter} after.${ended}`;
  return `<figure>${timelineSvg(trial)}<figcaption>${caption} Bars: acknowledged and failed sends. Line: slowest send of each tenth of a second.</figcaption></figure>`;
}
