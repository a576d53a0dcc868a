import type { Hypothesis } from '../measure/hypotheses.ts';
import { valueText } from './broker-keys-text.ts';
import type { DrillReport } from './drill-report.ts';
import { escaped } from './markup.ts';

/** The hypotheses as test cases, in the form of JUnit that CI systems read. A drill that was stopped has one more case, which fails. */
export function junitOf(report: DrillReport): string {
  const { plan, hypotheses, outcome, why, startedAt, wallMs, replay } = report;
  const stopped: Hypothesis[] =
    why === undefined ? [] : [{ text: 'the drill comes to its end', measured: `${outcome}: ${why}`, holds: false }];
  const all = [...stopped, ...hypotheses];
  const failed = all.filter(({ holds }) => holds !== true).length;
  const seconds = (wallMs / 1_000).toFixed(3);
  const suite = `name="drill ${escaped(plan.name)}" tests="${all.length}" failures="${failed}" errors="0" skipped="0" time="${seconds}" timestamp="${escaped(startedAt.replace(/\.\d+Z$/, ''))}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${all.length}" failures="${failed}" errors="0" time="${seconds}">`,
    `  <testsuite ${suite}>`,
    ...propertiesOf(report),
    ...all.flatMap((each) => caseOf(plan.name, each)),
    `    <system-out>${escaped(`again with: ${replay}`)}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

/** What the figures depend on, for those who look at this file alone. */
function propertiesOf({ target, seed, brokerKeys }: DrillReport): string[] {
  const keys = brokerKeys?.changed.map((each) => [`broker.${each.key}`, valueText(each)] as const) ?? [];
  const all = [['target', target] as const, ['seed', String(seed)] as const, ...keys];
  const lines = all.map(([name, value]) => `      <property name="${escaped(name)}" value="${escaped(value)}"/>`);
  return ['    <properties>', ...lines, '    </properties>'];
}

function caseOf(name: string, { text, measured, holds }: Hypothesis): string[] {
  const head = `    <testcase classname="drill.${escaped(name)}" name="${escaped(text)}" time="0"`;
  if (holds === true) return [`${head}/>`];
  const message = `${holds === 'unknown' ? 'unknown' : 'does not hold'}: ${measured}`;
  return [`${head}>`, `      <failure message="${escaped(message)}"/>`, '    </testcase>'];
}
