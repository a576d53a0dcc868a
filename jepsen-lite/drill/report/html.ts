import type { Hypothesis } from '../measure/hypotheses.ts';
import { headOf } from '../plan/plan.ts';
import { type DrillReport, figureRows, figureText } from './drill-report.ts';
import { escaped } from './markup.ts';
import { timelineSvg } from './timeline-svg.ts';

/** Light, dark and print: one set of colours, which the drawings use too. */
const style = `
:root { color-scheme: light dark; --fg: #1c1e21; --bg: #fff; --soft: #606770; --rule: #d8dbe0; --ok: #2e7d32; --bad: #c62828; --fault: #b0b7c3; --line: #1565c0; --leads: #1565c0; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --fg: #e4e6eb; --bg: #18191b; --soft: #a2a8b1; --rule: #3a3d42; --ok: #66bb6a; --bad: #ef5350; --fault: #5a6270; --line: #64b5f6; --leads: #64b5f6; --on: #10131a; } }
@media print { :root { color-scheme: light; --fg: #000; --bg: #fff; --soft: #444; --rule: #bbb; --ok: #2e7d32; --bad: #c62828; --fault: #b0b7c3; --line: #1565c0; --leads: #1565c0; --on: #fff; } body { max-width: none; } figure, table { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td.figure { text-align: right; font-variant-numeric: tabular-nums; } .scroll { overflow-x: auto; }
.passed, .yes { color: var(--ok); } .failed, .aborted, .not-steady, .interrupted, .no { color: var(--bad); }
figure { margin: 1.5rem 0; } figcaption { color: var(--soft); } svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg .ok { fill: var(--ok); } svg .bad { fill: var(--bad); } svg .fault { fill: var(--fault); fill-opacity: .35; } svg .line { fill: none; stroke: var(--line); stroke-width: 1.4; }
svg .leads { fill: var(--leads); } svg .on { fill: var(--on); } svg .soft { fill: var(--soft); } svg .grid { stroke: var(--rule); stroke-width: .6; fill: none; } svg .mark { stroke: var(--bad); stroke-width: 1.2; stroke-dasharray: 4 3; fill: none; }
pre { background: color-mix(in srgb, var(--rule) 35%, transparent); padding: .8rem; overflow-x: auto; white-space: pre-wrap; }
`;

/** The report as one page that needs nothing else: readable on light and dark screens, and in print. */
export function htmlOf(report: DrillReport): string {
  const { plan, outcome, why, trials, target, replay, versions, machine, startedAt, wallMs, seed } = report;
  const stopped = why === undefined ? '' : `<p>Stopped: ${escaped(why)}.</p>`;
  const versionText = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Drill ${escaped(plan.name)}: ${outcome}</title>
<style>${style}</style>
<h1>Drill ${escaped(plan.name)}: <span class="${outcome}">${outcome}</span></h1>
<p>${escaped(plan.about)} Done to ${escaped(target)}; ${trials.length} of ${plan.repeat} trials.</p>
${stopped}
<table><tr><th>hypothesis<th>measured<th>holds</tr>
${report.hypotheses.map(hypothesisRow).join('\n')}
</table>
${figureTable(report)}
${trials.map((trial) => figure(trial, plan)).join('\n')}
<h2>How it was done</h2>
<p>Load: ${plan.load.rate} messages a second of ${plan.load.bodyBytes} bytes from ${plan.load.senders} senders; send timeout ${plan.load.sendTimeoutMs} ms.
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
  const rows = figureRows(trials).map(({ name, unit, spread, trials: figures }) => {
    const cells = [spread?.p50, spread?.p95, spread?.max, ...(trials.length > 1 ? figures : [])];
    return `<tr><td>${name}${cells.map((cell) => `<td class="figure">${figureText(cell, unit)}`).join('')}</tr>`;
  });
  return `<div class="scroll"><table><tr>${head}</tr>\n${rows.join('\n')}\n</table></div>`;
}

function figure(trial: DrillReport['trials'][number], { expect: { rtoFrom }, target }: DrillReport['plan']): string {
  const head = headOf(target);
  const { record, rtoMs } = trial;
  const { number, leaderBefore = 'nobody', leaderAfter = 'nobody', problem } = record;
  const ended = problem === undefined ? '' : ` It did not recover: ${escaped(problem)}.`;
  const caption = `Trial ${number}: RTO ${figureText(rtoMs, 'ms')} (dashed line); ${leaderBefore} was ${head} before, ${leaderAfter} after.${ended}`;
  return `<figure>${timelineSvg(trial, rtoFrom)}<figcaption>${caption} Bars: acknowledged and failed sends. Line: slowest send of each tenth of a second.</figcaption></figure>`;
}
