import type { SeedJob, SeedReport } from './seed-job.ts';
import type { Totals } from './totals.ts';

/** One line on how far it is. */
export function progressLine(totals: Totals, of: number, wallSeconds: number): string {
  const { seeds, simulatedMs, playedMs, cpuSeconds, failures } = totals;
  const hours = (simulatedMs / 3_600_000).toFixed(2);
  const pace = cpuSeconds === 0 ? 0 : playedMs / 1_000 / cpuSeconds;
  return `${seeds}/${of} seeds, ${hours} simulated hours, ${(seeds / Math.max(wallSeconds, 0.001)).toFixed(2)} seeds/s, ${pace.toFixed(0)} x real time per core, ${failures} failures`;
}

/** Two lines: what ended in a second of load, and what of it ended well while somebody served. */
export function workLine(totals: Totals): string {
  const { seeds, failures, operationRates, leastOperations, committed, lost, uncleanElections } = totals;
  const by = `sets without allAckInSyncStateSet and ${uncleanElections} unclean elections`;
  const allowed = lost === 0 ? '' : `, ${lost} acknowledged messages lost, as ${by} allow`;
  const entries = `${committed} entries committed${allowed}`;
  if (leastOperations === undefined) return entries;
  const { perSecond, seed } = leastOperations;
  const mean = operationRates / (seeds - failures);
  return `${mean.toFixed(1)} client operations a second under load (least: ${perSecond.toFixed(1)}, seed ${seed}), ${entries}\n${servedLine(totals)}`;
}

function servedLine({ seeds, failures, servedParts, leastServed, leastAcknowledged }: Totals): string {
  const percent = (part: number | undefined): string => ((part ?? 0) * 100).toFixed(0);
  const mean = percent(servedParts / (seeds - failures));
  const least = `${leastAcknowledged?.perSecond.toFixed(1)} (seed ${leastAcknowledged?.seed})`;
  return `somebody served in ${mean} % of that time (least: ${percent(leastServed?.served)} %, seed ${leastServed?.seed}); at least ${least} a second ended well in it`;
}

export function replayOf(
  { mode, seed, nodes, minutes, schedule, scheduleFile = 'FILE' }: SeedJob,
  bug?: string,
): string {
  const plus = bug === undefined ? '' : ` --bug ${bug} --seeds 1`;
  const given = schedule === undefined ? '' : ` --schedule ${scheduleFile}`;
  const of = mode === 'dledger' ? '' : ` --mode ${mode}`;
  return `npm run sim --${of} --seed ${seed} --nodes ${nodes} --minutes ${minutes}${plus}${given} --trace`;
}

/** What is told of a seed that failed. */
export function failureText(report: SeedReport, commit: string, replay: string): string {
  const { mode, seed, violation, failure } = report;
  if (violation === undefined || failure === undefined) return `seed ${seed} passes`;
  const { faults, shrunk, isSmallest, shrunkViolation, log, folder } = failure;
  const files = folder === undefined ? [] : [`schedule, trace, log lines and timeline: ${folder}/`];
  const smallest = folder === undefined ? [] : shrunk.map((fault) => `  ${JSON.stringify(fault)}`);
  return [
    `seed ${seed} ${mode === 'dledger' ? '' : `in ${mode} mode `}FAILS: ${violation.invariant} at ${violation.atMs.toFixed(3)} ms: ${violation.text}`,
    `commit ${commit}; again with: ${replay}`,
    ...files,
    ...(shrunkViolation === undefined
      ? []
      : [
          `${isSmallest ? 'smallest' : 'smallest yet found'} schedule that breaks this promise (${shrunk.length} of ${faults} faults), at ${shrunkViolation.atMs.toFixed(3)} ms: ${shrunkViolation.text}`,
        ]),
    ...smallest,
    'newest log lines of the whole schedule:',
    ...log.map((line) => `  ${line}`),
  ].join('\n');
}
