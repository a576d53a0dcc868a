import { countText } from '../plan/count-text.ts';
import type { BrokerKeys } from '../target/broker-keys.ts';
import { brokerKeyDifferences } from './broker-keys-text.ts';
import { type DrillReport, figureRows, figureText } from './drill-report.ts';

/** Two reports side by side, as Markdown. What differs between the plans is told, because such figures do not compare. */
export function comparisonOf(first: DrillReport, second: DrillReport): string {
  const reports = [first, second];
  const told = [first.brokerKeys, second.brokerKeys];
  const differences = [
    ...differencesOf(conditionsOf(first, told), conditionsOf(second, told)),
    ...(told[0] === undefined || told[1] === undefined ? [] : brokerKeyDifferences(told[0], told[1])),
  ];
  const lines = [
    `# ${titleOf(first)} and ${titleOf(second)}`,
    '',
    ...reports.map(({ plan, target, outcome, trials, startedAt, machine, versions }, at) => {
      const versionText = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
      return `- ${'AB'[at]}: ${plan.name} on ${target}, ${outcome}, ${countText(trials.length, 'trial')}, ${startedAt}, ${machine}, ${versionText.join(', ')}`;
    }),
    '',
    differences.length === 0
      ? "Both had the same target, brokers' keys, load, steady state and faults."
      : `They were not done alike: ${differences.join('; ')}.`,
    '',
    '| figure | A p50 | B p50 | A p95 | B p95 | A max | B max |',
    '|---|---|---|---|---|---|---|',
    ...rows(first, second),
    `| sends a second before the fault | ${reports.map(calmRate).join(' | ')} | | | | |`,
    '',
    '| hypothesis | A | B |',
    '|---|---|---|',
    ...hypothesisRows(first, second),
  ];
  return `${lines.join('\n')}\n`;
}

function titleOf({ plan, target }: DrillReport): string {
  return `${plan.name} on ${target.split(',')[0] ?? target}`;
}

/** What has to be the same for figures to compare. Where the brokers of both told their keys, these say what the plans wanted, and more. */
function conditionsOf({ plan }: DrillReport, told: readonly (BrokerKeys | undefined)[]): Tree {
  const { load, steady, phases, recoverMs, expect } = plan;
  const target = told.includes(undefined) ? plan.target : { ...plan.target, brokerKeys: {} };
  return { target, load, steady, phases, recoverMs, expect: { rtoFrom: expect.rtoFrom } } as unknown as Tree;
}

type Tree = { readonly [key: string]: unknown };

/** Keys whose values differ, with both values where they are short. */
function differencesOf(first: Tree, second: Tree, path = ''): string[] {
  const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return keys.flatMap((key) => {
    const [a, b] = [first[key], second[key]];
    if (isTree(a) && isTree(b)) return differencesOf(a, b, `${path}${key}.`);
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    const isShort = typeof (a ?? '') !== 'object' && typeof (b ?? '') !== 'object';
    return [isShort ? `${path}${key} ${a ?? 'not there'} and ${b ?? 'not there'}` : `${path}${key} not the same`];
  });
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rows(first: DrillReport, second: DrillReport): string[] {
  const others = figureRows(second.trials);
  return figureRows(first.trials).map((row, at) => {
    const both = [row, others[at] ?? row];
    const cells = (['p50', 'p95', 'max'] as const).flatMap((key) =>
      both.map((each) => figureText(each.spread?.[key], each)),
    );
    return `| ${row.name} | ${cells.join(' | ')} |`;
  });
}

function calmRate({ trials }: DrillReport): string {
  const rates = trials.map(({ calm }) => calm.perSecond).sort((a, b) => a - b);
  return rates[Math.floor(rates.length / 2)]?.toFixed(0) ?? 'unknown';
}

function hypothesisRows(first: DrillReport, second: DrillReport): string[] {
  const texts = [...new Set([...first.hypotheses, ...second.hypotheses].map(({ text }) => text))];
  const cell = ({ hypotheses }: DrillReport, text: string): string => {
    const found = hypotheses.find((each) => each.text === text);
    if (found === undefined) return 'not asked';
    const word = found.holds === true ? 'holds' : found.holds === false ? '**does not hold**' : '**unknown**';
    return `${word}: ${found.measured.replace(/\|/g, '\\|').replace(/\n/g, ' ')}`;
  };
  return texts.map((text) => `| ${text} | ${cell(first, text)} | ${cell(second, text)} |`);
}
