import type { History, OperationName } from './history.ts';
import { Findings, type Verdict } from './verdict.ts';

const NS_PER_MS = 1_000_000;

/** A fault that was on from `startNs` to `endNs`. */
export type FaultBand = {
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  /** Within so long after its end an operation that begins then must succeed; missing = not judged. */
  readonly healsWithinNs?: number;
};

/** A fault after whose beginning an operation that begins then has to succeed within so long, though the fault may go on. */
export type Failover = { readonly name: string; readonly startNs: number; readonly withinNs: number };

/**
 * `outage`: longer without success than allowed. `slow-recovery`: RTO over the limit. `not-recovered`: never stable after a fault. `slow-heal`: nothing that began after a fault had ended
 * succeeded in time. `slow-failover`: nothing that began after a fault had begun
 * succeeded in time, though that fault leaves enough of the cluster whole. `calm-stall`: nothing succeeded for too long while no fault was on, from the first success behind the last one on.
 */
export type AvailabilityAnomaly =
  | 'outage'
  | 'slow-recovery'
  | 'not-recovered'
  | 'slow-heal'
  | 'slow-failover'
  | 'calm-stall';

/** What one bucket of time saw; operations count where they ended. */
export type Bucket = {
  readonly startNs: number;
  ok: number;
  failed: number;
  unknown: number;
  /** Of acknowledged operations; 0 = none. */
  worstLatencyNs: number;
};

/** A stretch in which operations ended, but none with success, between two successes (or the run's edges). */
export type Outage = { readonly startNs: number; readonly endNs: number };

/** What one fault did to clients. */
export type Recovery = {
  readonly fault: FaultBand;
  /** `'unknown'`: the run ended too early to tell. */
  readonly recovered: boolean | 'unknown';
  /** From the first operation that did not succeed after the fault began to the first success that begins a stable time; 0 = none failed. */
  readonly rtoNs: number | undefined;
  /** From the fault's end to the first success of an operation that began after it; undefined = there was none. */
  readonly healNs: number | undefined;
  /** Lowest successes in a whole bucket of the fault over the median without faults; 1 = no dip, undefined = no whole bucket to compare. */
  readonly throughputLeft: number | undefined;
};

/** Figures of a run from the clients' view. */
export type AvailabilityReport = {
  readonly bucketNs: number;
  readonly buckets: readonly Bucket[];
  readonly outages: readonly Outage[];
  readonly recoveries: readonly Recovery[];
  /** How often each code or reason ended an operation without success. */
  readonly errors: Readonly<Record<string, number>>;
  /** The longest outage, or the longest wait for one success if that was longer. */
  readonly longestStallNs: number;
  readonly verdict: Verdict<AvailabilityAnomaly>;
};

/**
 * `maxRtoNs`, `maxOutageNs` and `maxCalmStallNs` (time without a success while no fault is on): limits, undefined = only measured. `stableNs`: so long after a success nothing may fail.
 */
export type AvailabilityOptions = {
  readonly op: OperationName;
  readonly faults: readonly FaultBand[];
  readonly bucketNs: number;
  readonly stableNs: number;
  readonly maxRtoNs: number | undefined;
  readonly maxOutageNs: number | undefined;
  readonly maxCalmStallNs?: number | undefined;
  /** Judged one by one; missing = none. */
  readonly failovers?: readonly Failover[];
};

/** The end of an operation, or for one that never ended its call. */
type Ending = { readonly callNs: number; readonly endNs: number; readonly ok: boolean };

/** Measures what clients noticed of faults, from the ends of the operations named `options.op`. */
export function checkAvailability(history: History, options: AvailabilityOptions): AvailabilityReport {
  const errors: Record<string, number> = {};
  const endings: (Ending & { certain: boolean })[] = [];
  for (const { op, callNs, endNs, outcome, error } of history.operations()) {
    if (op !== options.op) continue;
    endings.push({ callNs, endNs: endNs ?? callNs, ok: outcome === 'ok', certain: outcome !== 'info' });
    const reason = error === '' ? 'never returned' : error;
    if (outcome !== 'ok') errors[reason] = (errors[reason] ?? 0) + 1;
  }
  endings.sort((a, b) => a.endNs - b.endNs);
  const buckets = fillBuckets(endings, options.bucketNs);
  const outages = findOutages(endings);
  const recoveries = options.faults.map((fault) => ({
    fault,
    ...recovery(endings, fault, options.stableNs),
    healNs: healing(endings, fault),
    throughputLeft: throughputLeft(buckets, fault, options),
  }));
  const longestOutageNs = outages.reduce((longest, { startNs, endNs }) => Math.max(longest, endNs - startNs), 0);
  const longestStallNs = buckets.reduce((longest, bucket) => Math.max(longest, bucket.worstLatencyNs), longestOutageNs);
  const verdict = judge(endings, outages, recoveries, options);
  return { bucketNs: options.bucketNs, buckets, outages, recoveries, errors, longestStallNs, verdict };
}

function fillBuckets(endings: readonly (Ending & { certain: boolean })[], bucketNs: number): Bucket[] {
  const buckets: Bucket[] = [];
  const [first] = endings;
  if (first === undefined) return buckets;
  const originNs = Math.floor(first.endNs / bucketNs) * bucketNs;
  for (const { callNs, endNs, ok, certain } of endings) {
    const at = Math.floor((endNs - originNs) / bucketNs);
    while (buckets.length <= at) {
      const startNs = originNs + buckets.length * bucketNs;
      buckets.push({ startNs, ok: 0, failed: 0, unknown: 0, worstLatencyNs: 0 });
    }
    const bucket = buckets[at]!;
    if (ok) bucket.worstLatencyNs = Math.max(bucket.worstLatencyNs, endNs - callNs);
    if (ok) bucket.ok += 1;
    else if (certain) bucket.failed += 1;
    else bucket.unknown += 1;
  }
  return buckets;
}

/** Stretches between two successes in which something ended without success. */
function findOutages(endings: readonly Ending[]): Outage[] {
  const outages: Outage[] = [];
  let startNs = endings[0]?.endNs ?? 0;
  let failing = false;
  for (const { endNs, ok } of endings) {
    if (!ok) failing = true;
    if (!ok) continue;
    if (failing) outages.push({ startNs, endNs });
    failing = false;
    startNs = endNs;
  }
  if (failing) outages.push({ startNs, endNs: endings.at(-1)!.endNs });
  return outages;
}

/**
 * Times between two successes, without those in which a fault was on; the longest of each time without faults. Where a fault has a time to heal in, that is judged by itself: the time without faults
 * begins with its first success, or when that time is over.
 */
function calmStalls(endings: readonly Ending[], faults: readonly FaultBand[]): Outage[] {
  const bands = [...faults].sort((a, b) => a.startNs - b.startNs);
  const successes = endings.filter(({ ok }) => ok).map(({ endNs }) => endNs);
  const lastNs = endings.at(-1)?.endNs ?? 0;
  const stalls: Outage[] = [];
  let fromNs = endings[0]?.endNs ?? 0;
  const end: FaultBand = { name: 'end', startNs: lastNs, endNs: lastNs };
  for (const { startNs, endNs, healsWithinNs = 0 } of [...bands, end]) {
    const within = successes.filter((atNs) => atNs > fromNs && atNs < startNs);
    if (startNs > fromNs) stalls.push(longestGap([fromNs, ...within, startNs]));
    fromNs = Math.max(fromNs, endNs);
    const healed = successes.find((atNs) => atNs >= fromNs) ?? Number.POSITIVE_INFINITY;
    fromNs = Math.min(healed, fromNs + healsWithinNs);
  }
  return stalls;
}

function longestGap(times: readonly number[]): Outage {
  let longest = { startNs: times[0] ?? 0, endNs: times[0] ?? 0 };
  for (const [at, endNs] of times.entries()) {
    const startNs = times[at - 1] ?? endNs;
    if (endNs - startNs > longest.endNs - longest.startNs) longest = { startNs, endNs };
  }
  return longest;
}

/** First failure to first stable success. Only operations that ended after the fault began count. */
function recovery(
  endings: readonly Ending[],
  fault: FaultBand,
  stableNs: number,
): Pick<Recovery, 'recovered' | 'rtoNs'> {
  const after = endings.slice(firstAt(endings, fault.startNs));
  const last = after.at(-1);
  const broken = after.findIndex(({ ok }) => !ok);
  if (last === undefined) return { recovered: 'unknown', rtoNs: undefined };
  if (broken === -1) return { recovered: true, rtoNs: 0 };
  let failureNs = Number.POSITIVE_INFINITY;
  let stableAtNs: number | undefined;
  // Backwards: a success is stable if the next failure is far enough, and so is the end of what was seen.
  for (let at = after.length - 1; at > broken; at -= 1) {
    const { ok, endNs } = after[at]!;
    if (!ok) failureNs = endNs;
    else if (failureNs - endNs >= stableNs && last.endNs - endNs >= stableNs) stableAtNs = endNs;
  }
  if (stableAtNs !== undefined) return { recovered: true, rtoNs: stableAtNs - after[broken]!.endNs };
  return { recovered: last.ok ? 'unknown' : false, rtoNs: undefined };
}

function healing(endings: readonly Ending[], { endNs }: FaultBand): number | undefined {
  return firstSuccess(endings, endNs);
}

/** From then on, until an operation that began then or later has succeeded. */
function firstSuccess(endings: readonly Ending[], fromNs: number): number | undefined {
  const first = endings.find((ending) => ending.ok && ending.callNs >= fromNs);
  return first === undefined ? undefined : first.endNs - fromNs;
}

function firstAt(endings: readonly Ending[], timeNs: number): number {
  const at = endings.findIndex(({ endNs }) => endNs >= timeNs);
  return at === -1 ? endings.length : at;
}

function throughputLeft(
  buckets: readonly Bucket[],
  fault: FaultBand,
  options: AvailabilityOptions,
): number | undefined {
  const overlaps = ({ startNs }: Bucket, band: FaultBand) =>
    startNs < band.endNs && startNs + options.bucketNs > band.startNs;
  // The run's first and last bucket are seldom whole.
  const whole = buckets.slice(1, -1);
  const calm = whole.filter((bucket) => !options.faults.some((band) => overlaps(bucket, band)));
  const hit = whole.filter((bucket) => overlaps(bucket, fault));
  const median = calm.map(({ ok }) => ok).sort((a, b) => a - b)[calm.length >> 1];
  if (median === undefined || median === 0 || hit.length === 0) return undefined;
  return hit.reduce((lowest, { ok }) => Math.min(lowest, ok), median) / median;
}

function judge(
  endings: readonly Ending[],
  outages: readonly Outage[],
  recoveries: readonly Recovery[],
  options: AvailabilityOptions,
): Verdict<AvailabilityAnomaly> {
  const findings = new Findings<AvailabilityAnomaly>();
  const { faults, failovers = [], maxOutageNs, maxRtoNs, maxCalmStallNs } = options;
  const isTimed = failovers.length > 0 || faults.some(({ healsWithinNs }) => healsWithinNs !== undefined);
  if (maxOutageNs === undefined && maxRtoNs === undefined && maxCalmStallNs === undefined && !isTimed)
    findings.doubt('no limit was given, so it was only measured');
  for (const { startNs, endNs } of outages) {
    if (maxOutageNs === undefined || endNs - startNs <= maxOutageNs) continue;
    findings.add('outage', startNs, `nothing succeeded for ${seconds(endNs - startNs)}`, {});
  }
  judgeCalm(findings, endings, options);
  judgeFailovers(findings, endings, options);
  judgeRecoveries(findings, recoveries, options);
  return findings.verdict('availability', endings.length);
}

function judgeRecoveries(
  findings: Findings<AvailabilityAnomaly>,
  recoveries: readonly Recovery[],
  { maxRtoNs, stableNs }: AvailabilityOptions,
): void {
  // Told with every verdict: how near to their limits a run came.
  const judged = recoveries.filter(({ fault }) => fault.healsWithinNs !== undefined);
  const healsNs = judged.flatMap(({ healNs }) => healNs ?? []);
  if (judged.length > 0) {
    findings.count('heals', judged.length);
    findings.count('slowest-heal-ms', Math.round(Math.max(0, ...healsNs) / NS_PER_MS));
  }
  for (const { fault, recovered, rtoNs, healNs } of recoveries) {
    const limitNs = fault.healsWithinNs ?? Number.POSITIVE_INFINITY;
    if ((healNs ?? Number.POSITIVE_INFINITY) > limitNs) {
      const text = `what began after ${fault.name} had ended succeeded ${when(healNs)}, and not within ${seconds(limitNs)}`;
      findings.add('slow-heal', fault.endNs, text, {});
    }
    if (recovered === 'unknown')
      findings.doubt(`the run ended too early to tell whether it recovered from ${fault.name}`);
    if (recovered === false) {
      const text = `after ${fault.name} no success was followed by ${seconds(stableNs)} without failure`;
      findings.add('not-recovered', fault.endNs, text, {});
    } else if (maxRtoNs !== undefined && rtoNs !== undefined && rtoNs > maxRtoNs) {
      findings.add('slow-recovery', fault.startNs, `recovery from ${fault.name} took ${seconds(rtoNs)}`, {});
    }
  }
}

function judgeCalm(
  findings: Findings<AvailabilityAnomaly>,
  endings: readonly Ending[],
  { faults, maxCalmStallNs }: AvailabilityOptions,
): void {
  if (maxCalmStallNs === undefined) return;
  const stalls = calmStalls(endings, faults);
  const calmNs = stalls.map(({ startNs, endNs }) => endNs - startNs);
  findings.count('longest-calm-stall-ms', Math.round(Math.max(0, ...calmNs) / NS_PER_MS));
  for (const { startNs, endNs } of stalls) {
    if (endNs - startNs <= maxCalmStallNs) continue;
    findings.add('calm-stall', startNs, `nothing succeeded for ${seconds(endNs - startNs)} while no fault was on`, {});
  }
}

function judgeFailovers(
  findings: Findings<AvailabilityAnomaly>,
  endings: readonly Ending[],
  { failovers = [] }: AvailabilityOptions,
): void {
  if (failovers.length === 0) return;
  let slowestNs = 0;
  for (const { name, startNs, withinNs } of failovers) {
    const tookNs = firstSuccess(endings, startNs);
    slowestNs = Math.max(slowestNs, tookNs ?? 0);
    if ((tookNs ?? Number.POSITIVE_INFINITY) <= withinNs) continue;
    const text = `what began after ${name} had begun succeeded ${when(tookNs)}, and not within ${seconds(withinNs)}, though enough of the cluster was whole`;
    findings.add('slow-failover', startNs, text, {});
  }
  findings.count('failovers', failovers.length);
  findings.count('slowest-failover-ms', Math.round(slowestNs / NS_PER_MS));
}

function when(tookNs: number | undefined): string {
  return tookNs === undefined ? 'never' : `after ${seconds(tookNs)}`;
}

function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(3)} s`;
}
