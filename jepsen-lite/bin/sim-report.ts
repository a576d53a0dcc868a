import type { SeedReport } from './sim-seed.ts';

/** Sums of a run over many seeds. */
export interface Totals {
  seeds: number;
  simulatedMs: number;
  cpuSeconds: number;
  events: number;
  committed: number;
  operations: number;
  readonly coverage: Record<string, number>;
  readonly failures: SeedReport[];
}

export function noTotals(): Totals {
  return {
    seeds: 0,
    simulatedMs: 0,
    cpuSeconds: 0,
    events: 0,
    committed: 0,
    operations: 0,
    coverage: {},
    failures: [],
  };
}

export function addReport(totals: Totals, report: SeedReport): void {
  totals.seeds++;
  totals.simulatedMs += report.simulatedMs;
  totals.cpuSeconds += report.seconds;
  totals.events += report.events;
  totals.committed += report.committed;
  totals.operations += report.acknowledged + report.refused + report.unknown;
  for (const [name, count] of Object.entries(report.coverage)) {
    totals.coverage[name] = (totals.coverage[name] ?? 0) + count;
  }
  if (report.violation !== undefined) totals.failures.push(report);
}

/** One line on how far it is. */
export function progressLine(totals: Totals, of: number, wallSeconds: number): string {
  const { seeds, simulatedMs, cpuSeconds, failures } = totals;
  const hours = (simulatedMs / 3_600_000).toFixed(2);
  const pace = (simulatedMs / 1_000 / cpuSeconds).toFixed(0);
  return `${seeds}/${of} seeds, ${hours} simulated hours, ${(seeds / wallSeconds).toFixed(2)} seeds/s, ${pace} x real time per core, ${failures.length} failures`;
}

/** What is told of a seed that failed. */
export function failureText(report: SeedReport, replay: string): string {
  const { seed, violation, shrunk, schedule, log } = report;
  const faults = (shrunk ?? schedule).map((fault) => `  ${JSON.stringify(fault)}`);
  return [
    `seed ${seed} FAILS: ${violation?.invariant} at ${violation?.atMs.toFixed(3)} ms: ${violation?.text}`,
    `again with: ${replay}`,
    `smallest schedule that fails so (${faults.length} of ${schedule.length} faults):`,
    ...faults,
    'newest log lines:',
    ...log.map((line) => `  ${line}`),
  ].join('\n');
}

/** Faults by the state that they hit, as a table. */
export function coverageText({ coverage }: Totals): string {
  const rows = Object.entries(coverage).sort(([a], [b]) => (a < b ? -1 : 1));
  return rows.map(([name, count]) => `${String(count).padStart(8)}  ${name}`).join('\n');
}
