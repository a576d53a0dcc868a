/**
 * What a checker found in a history. `timeNs` is the monotonic time of the operation that shows it, `offset` a place in the queue `key`,
 * `values` the messages or states involved (their unique keys). A finding that is not `fatal` is told and does not decide.
 */
export type Finding<Anomaly extends string = string> = {
  readonly anomaly: Anomaly;
  readonly message: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly offset: number | undefined;
  readonly node: string;
  readonly timeNs: number;
  readonly fatal: boolean;
};

/**
 * A checker's answer. `false`: some finding is fatal. `'unknown'`: nothing was found, and `reason` says why that proves nothing.
 * `counts` holds every anomaly's true number; `findings` keeps the first of each kind.
 */
export type Verdict<Anomaly extends string = string> = {
  readonly checker: string;
  readonly valid: true | false | 'unknown';
  readonly reason: string | undefined;
  readonly findings: readonly Finding<Anomaly>[];
  readonly counts: Readonly<Record<string, number>>;
};

/** The parts of a finding that have defaults: no key, no values, no offset, no node, fatal. */
type FindingDetails = Partial<Omit<Finding, 'anomaly' | 'message' | 'timeNs'>>;

/** Collects what one run of a checker finds, and makes the verdict of it. */
export class Findings<Anomaly extends string> {
  readonly #kept: Finding<Anomaly>[] = [];
  readonly #counts = new Map<string, number>();
  readonly #limit: number;
  #fatal = false;
  #reason: string | undefined;

  /** Keeps at most `limitPerAnomaly` findings of a kind: a broken run has millions, and the first tell the story. */
  constructor(limitPerAnomaly = 20) {
    this.#limit = limitPerAnomaly;
  }

  add(anomaly: Anomaly, timeNs: number, message: string, details: FindingDetails): void {
    const { key = '', values = [], offset, node = '', fatal = true } = details;
    if (fatal) this.#fatal = true;
    this.count(anomaly, 1);
    if (this.countOf(anomaly) > this.#limit) return;
    this.#kept.push({ anomaly, message, key, values, offset, node, timeNs, fatal });
  }

  /** Adds to a figure of the verdict's `counts`. */
  count(name: string, amount: number): void {
    this.#counts.set(name, this.countOf(name) + amount);
  }

  countOf(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Says why the absence of findings proves nothing; the first reason stays. */
  doubt(reason: string): void {
    this.#reason ??= reason;
  }

  /** `examined` = how many operations (or entries, or replicas) were judged; none is never a pass. */
  verdict(checker: string, examined: number): Verdict<Anomaly> {
    if (examined === 0) this.doubt('the history holds nothing for this checker to judge');
    const counts = Object.fromEntries([['examined', examined], ...this.#counts]);
    const valid = this.#fatal ? false : this.#reason === undefined ? true : 'unknown';
    return { checker, valid, reason: this.#reason, findings: this.#kept, counts };
  }
}

/** How a run is repeated; stands under every verdict that is not a pass. */
export type Origin = { readonly seed: string; readonly replay: string };

/** The verdict as lines for people. */
export function describeVerdict(verdict: Verdict, origin: Origin): string {
  const word = verdict.valid === 'unknown' ? 'UNKNOWN' : verdict.valid ? 'valid' : 'INVALID';
  const counts = Object.entries(verdict.counts).map(([name, count]) => `${name} ${count}`);
  const lines = [`${verdict.checker}: ${word} (${counts.join(', ')})`];
  if (verdict.reason !== undefined) lines.push(`  because ${verdict.reason}`);
  for (const finding of verdict.findings) lines.push(`  ${describeFinding(finding)}`);
  if (verdict.valid !== true) lines.push(`  seed ${origin.seed}, again with: ${origin.replay}`);
  return lines.join('\n');
}

function describeFinding(finding: Finding): string {
  const offset = finding.offset === undefined ? '' : `@${finding.offset}`;
  const place = finding.key === '' ? '' : ` ${finding.key}${offset}`;
  const node = finding.node === '' ? '' : ` on ${finding.node}`;
  const note = finding.fatal ? '' : ' (told only)';
  return `${finding.anomaly}${place}${node} at ${(finding.timeNs / 1e9).toFixed(6)} s: ${finding.message}${note}`;
}
