import type { SeedReport } from './seed-job.ts';

/** Sums of a run over many seeds. */
export interface Totals {
  seeds: number;
  /** Of seeds that are played twice, once. */
  simulatedMs: number;
  playedMs: number;
  cpuSeconds: number;
  events: number;
  committed: number;
  /** Acknowledged messages that are gone, in runs whose configuration allows that. */
  lost: number;
  /** Elections of somebody who was not in sync. */
  uncleanElections: number;
  /** Client operations in a second of load, of seeds that passed: summed, and the least. */
  operationRates: number;
  leastOperations: { readonly perSecond: number; readonly seed: number } | undefined;
  /** Parts of the time with load in which somebody served, of seeds that passed: summed, and the least. */
  servedParts: number;
  leastServed: { readonly served: number; readonly seed: number } | undefined;
  /** The least that ended well in a second of that time. */
  leastAcknowledged: { readonly perSecond: number; readonly seed: number } | undefined;
  failures: number;
  /** How often each kind of fault hit which state of the group, by `kind × state`. */
  readonly coverage: Record<string, number>;
}

export function noTotals(): Totals {
  return {
    seeds: 0,
    simulatedMs: 0,
    playedMs: 0,
    cpuSeconds: 0,
    events: 0,
    committed: 0,
    lost: 0,
    uncleanElections: 0,
    operationRates: 0,
    leastOperations: undefined,
    servedParts: 0,
    leastServed: undefined,
    leastAcknowledged: undefined,
    failures: 0,
    coverage: {},
  };
}

export function addReport(totals: Totals, report: SeedReport): void {
  totals.seeds++;
  totals.simulatedMs += report.simulatedMs;
  totals.playedMs += report.playedMs;
  totals.cpuSeconds += report.cpuSeconds;
  totals.events += report.events;
  totals.committed += report.committed;
  totals.lost += report.lost;
  totals.uncleanElections += report.uncleanElections;
  if (report.violation !== undefined) totals.failures++;
  else addRate(totals, report);
  for (const [name, count] of Object.entries(report.coverage)) {
    totals.coverage[name] = (totals.coverage[name] ?? 0) + count;
  }
}

function addRate(totals: Totals, { seed, operationsPerSecond: perSecond, load }: SeedReport): void {
  totals.operationRates += perSecond;
  if (perSecond < (totals.leastOperations?.perSecond ?? Number.POSITIVE_INFINITY))
    totals.leastOperations = { perSecond, seed };
  const { served, acknowledgedPerSecond } = load;
  totals.servedParts += served;
  if (served < (totals.leastServed?.served ?? Number.POSITIVE_INFINITY)) totals.leastServed = { served, seed };
  if (acknowledgedPerSecond < (totals.leastAcknowledged?.perSecond ?? Number.POSITIVE_INFINITY))
    totals.leastAcknowledged = { perSecond: acknowledgedPerSecond, seed };
}
