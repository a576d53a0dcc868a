import type { ChaosReport } from '../live/chaos/chaos-report.ts';
import { selfEndsText } from '../live/chaos/self-ends.ts';

const MS_PER_SECOND = 1_000;

export function injectedOf({ injected }: ChaosReport): number {
  return Object.values(injected).reduce((sum, count) => sum + count, 0);
}

type Outcome = 'passes' | 'FAILS' | 'was interrupted' | 'DOES NOT PASS, because no fault could be made';

/** What a run has shown. One in which nobody was hurt shows nothing. */
export function outcomeOf(report: ChaosReport): Outcome {
  if (report.violation !== undefined) return 'FAILS';
  if (!report.isWhole) return 'was interrupted';
  return injectedOf(report) === 0 ? 'DOES NOT PASS, because no fault could be made' : 'passes';
}

/** What is told of a run. `folder` is there if it was kept. */
export function chaosText(report: ChaosReport, replay: string, folder: string | undefined): string {
  const { mode, seed, nodes, minutes, violation, isWhole, messages, operations } = report;
  const selfEnds = selfEndsText(report.selfEnds);
  const figures = [
    `${messages.acknowledged} acknowledged messages judged, ${messages.lost} lost, ${messages.phantom} phantom, ${messages.orderBreaks} order breaks`,
    `${operations.acknowledged} operations acknowledged, ${operations.refused} refused, ${operations.unknown} unknown; ${report.reigns} times another leader or term; longest time without an acknowledged message ${report.longestStallMs} ms`,
    `${injectedOf(report)} faults: ${countsText(report.injected)}; not possible when their time came: ${countsText(report.skipped)}`,
    `links cut by ${report.cutsBy}${'disk-full' in report.injected ? `; full disks by ${report.fullDisksBy}` : ''}`,
    ...report.verdicts.map(
      ({ checker, valid, counts }) =>
        `checker ${checker}: ${valid === true ? 'valid' : valid === false ? 'INVALID' : 'UNKNOWN'} (${countsText(counts)})`,
    ),
    `${report.metadata} answers about topics and offsets asked for again, of every member`,
  ];
  return [
    `mode ${mode}, seed ${seed}, ${nodes} members, ${minutes} minutes: ${outcomeOf(report)}`,
    ...(isWhole && violation === undefined ? figures : figures.slice(1, 3)).map((line) => `  ${line}`),
    ...(selfEnds === undefined ? [] : [`  ${selfEnds}`]),
    ...(violation === undefined
      ? []
      : [`  ${violation.invariant} at ${(violation.atMs / MS_PER_SECOND).toFixed(3)} s: ${violation.text}`]),
    ...(violation === undefined ? [] : [`  again with: ${replay}`]),
    ...(folder === undefined ? [] : [`  journal, schedule, history and logs: ${folder}/`]),
  ].join('\n');
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}
