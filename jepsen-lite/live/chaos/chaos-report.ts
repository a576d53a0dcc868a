import { checkAvailability } from '../../checker/availability.ts';
import type { History } from '../../checker/history.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { Violation } from '../../invariant/invariant.ts';
import type { CutMeans } from '../network/open-network.ts';
import type { SelfEnded } from './self-ends.ts';

/** What became of a run. Data: it goes through JSON. */
export interface ChaosReport {
  readonly mode: string;
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** By what means disks were full, in words. */
  readonly fullDisksBy: string;
  readonly cuts: CutMeans;
  /** By what means links were cut, in words. */
  readonly cutsBy: string;
  /** False: the run was interrupted before it was judged. */
  readonly isWhole: boolean;
  readonly violation: Violation | undefined;
  readonly verdicts: readonly {
    readonly checker: string;
    readonly valid: Verdict['valid'];
    readonly counts: Verdict['counts'];
  }[];
  /** How often each kind of fault was made, and could not be. */
  readonly injected: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  /** Members that ended by themselves, excused or not, oldest first. */
  readonly selfEnds: readonly SelfEnded[];
  /** Client operations by how they ended. */
  readonly operations: { readonly acknowledged: number; readonly refused: number; readonly unknown: number };
  /** Of messages that were acknowledged and judged. */
  readonly messages: {
    readonly acknowledged: number;
    readonly lost: number;
    readonly phantom: number;
    readonly orderBreaks: number;
  };
  /** Answers about topics and offsets that were asked for again. */
  readonly metadata: number;
  /** How often another leader, or one in a new term, was seen. */
  readonly reigns: number;
  /** Longest time without an acknowledged message, ms. */
  readonly longestStallMs: number;
  readonly wallMs: number;
}

/** The first broken promise: what was seen at once, else what a checker says. A checker that cannot tell has found nothing right either. */
export function violationOf(
  seen: Violation | undefined,
  verdicts: readonly Verdict[],
  nowMs: number,
): Violation | undefined {
  if (seen !== undefined) return seen;
  const failed = verdicts.find(({ valid }) => valid !== true);
  if (failed === undefined) return undefined;
  const first = failed.findings.find(({ fatal }) => fatal);
  const text = first === undefined ? `cannot tell, because ${failed.reason}` : `${first.anomaly}: ${first.message}`;
  return { invariant: `checker ${failed.checker}`, text, atMs: nowMs };
}

const PHANTOMS = ['unexpected', 'aborted-read'];
const ORDER_BREAKS: Readonly<Record<string, readonly string[]>> = {
  log: [
    'inconsistent-offsets',
    'nonmonotonic-poll',
    'skipped-poll',
    'internal-nonmonotonic-poll',
    'internal-skipped-poll',
    'nonmonotonic-send',
    'internal-nonmonotonic-send',
    'consume-order',
  ],
  'real-time-order': ['reordered', 'stale-max', 'stale-read'],
};

/** The figures that people ask for first. */
export function messageFigures(verdicts: readonly Verdict[]): ChaosReport['messages'] {
  const sum = (checker: string, names: readonly string[]): number => {
    const counts = verdicts.find((verdict) => verdict.checker === checker)?.counts ?? {};
    return names.reduce((total, name) => total + (counts[name] ?? 0), 0);
  };
  return {
    acknowledged: sum('total-queue', ['acknowledged']),
    // What somebody read under way, and nobody can read any more, is lost, too.
    lost: Math.max(sum('total-queue', ['lost']), sum('read-back', ['missing'])),
    phantom: sum('total-queue', PHANTOMS),
    orderBreaks: Object.entries(ORDER_BREAKS).reduce((total, [checker, names]) => total + sum(checker, names), 0),
  };
}

const MS = 1_000_000;

/** Longest time without an acknowledged message, ms. */
export function longestStallMs(history: History): number {
  const limits = { maxRtoNs: undefined, maxOutageNs: undefined };
  const report = checkAvailability(history, { op: 'append', faults: [], bucketNs: 1_000 * MS, stableNs: 0, ...limits });
  return Math.round(report.longestStallNs / MS);
}
