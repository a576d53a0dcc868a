import { faultText } from '../../live/chaos/look.ts';
import { selfEndsText } from '../../live/chaos/self-ends.ts';
import type { Hypothesis } from '../measure/hypotheses.ts';
import { headOf } from '../plan/plan.ts';
import { brokerKeysText } from './broker-keys-text.ts';
import { type DrillReport, figureRows, figureText, trialsText } from './drill-report.ts';

/** So many trials get a column of their own. */
const MOST_COLUMNS = 10;

/** The report for people, as a pull request shows it. */
export function markdownOf(report: DrillReport): string {
  const { plan, seed, target, outcome, why, trials, hypotheses, machine, versions, startedAt, replay } = report;
  const keysText = brokerKeysText(report.brokerKeys);
  const selfEnds = selfEndsText(report.selfEnds ?? []);
  const lines = [
    `# Drill ${plan.name}: ${outcome}`,
    '',
    `${plan.about} Done to ${target}; ${trialsText(report)}.`,
    ...(why === undefined ? [] : ['', `Stopped: ${why}.`]),
    '',
    '| hypothesis | measured | holds |',
    '|---|---|---|',
    ...hypotheses.map((each) => `| ${each.text} | ${escaped(each.measured)} | ${holdsText(each)} |`),
    '',
    ...figureTable(report),
    '',
    ...trials.flatMap(({ record }) => {
      const { number, leaderBefore = 'nobody', leaderAfter = 'nobody', faults } = record;
      const hit = faults.map(faultText).join(', ');
      return [`- trial ${number}: ${hit}; ${leaderBefore} was ${headOf(plan.target)} before, ${leaderAfter} after`];
    }),
    ...(selfEnds === undefined ? [] : ['', `${selfEnds}.`]),
    '',
    `Load: ${plan.load.rate} messages a second of ${plan.load.bodyBytes} bytes from ${plan.load.senders} senders; send timeout ${plan.load.sendTimeoutMs} ms.`,
    ...(keysText === undefined ? [] : [keysText]),
    `Began ${startedAt}, took ${(report.wallMs / 1_000).toFixed(0)} s. ${machine}. ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}. Seed ${seed}.`,
    '',
    `Again with: \`${replay}\``,
  ];
  return `${lines.join('\n')}\n`;
}

function figureTable({ trials }: DrillReport): string[] {
  if (trials.length === 0) return [];
  const columns = trials.slice(0, MOST_COLUMNS).map(({ record }) => String(record.number));
  const head = ['figure', 'p50', 'p95', 'max', ...(trials.length > 1 ? columns : [])];
  const body = figureRows(trials).map((row) => {
    const { name, spread, trials: figures } = row;
    const cells = [spread?.p50, spread?.p95, spread?.max, ...(trials.length > 1 ? figures.slice(0, MOST_COLUMNS) : [])];
    return [name, ...cells.map((cell) => figureText(cell, row))];
  });
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
}

export function holdsText({ holds }: Hypothesis): string {
  return holds === true ? 'yes' : holds === false ? '**no**' : '**unknown**';
}

function escaped(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}
