import { assert } from './assert.ts';
import type { TermRun } from './types.ts';

/** Terms by index, as runs: a log of millions of entries has as many runs as it had leaders. */
export class TermRuns {
  private readonly firsts: number[] = [];
  private readonly terms: number[] = [];
  /** Last index that is covered; 0 for an empty log. */
  private last: number;

  /** `runs` are ordered, and the last of them reaches up to `lastIndex`. */
  constructor(runs: readonly TermRun[], lastIndex: number) {
    for (const run of runs) {
      this.firsts.push(run.first);
      this.terms.push(run.term);
    }
    this.last = lastIndex;
  }

  get lastIndex(): number {
    return this.last;
  }

  /** Other terms for the same entries: some could not be read before. The last one's is the same. */
  replace(runs: readonly TermRun[]): void {
    assert(runs.at(-1)?.term === this.terms.at(-1), 'the last entry was known');
    this.firsts.length = 0;
    this.terms.length = 0;
    for (const run of runs) {
      this.firsts.push(run.first);
      this.terms.push(run.term);
    }
  }

  /** Term of the last entry; 0 where there is none. */
  get lastTerm(): number {
    return this.terms.at(-1) ?? 0;
  }

  /** Term of an entry; 0 for index 0; undefined behind the end and before the oldest run. */
  termAt(index: number): number | undefined {
    if (index > this.last) return undefined;
    const run = this.runOf(index);
    if (run >= 0) return this.terms[run];
    return index === 0 ? 0 : undefined;
  }

  /** Adds entries up to `last`, all of `term`. */
  append(last: number, term: number): void {
    assert(last > this.last && term >= this.lastTerm, 'terms must rise along the log');
    if (this.firsts.length === 0 || term !== this.lastTerm) {
      this.firsts.push(this.last + 1);
      this.terms.push(term);
    }
    this.last = last;
  }

  /** Removes `from` and all behind it. */
  truncate(from: number): void {
    while ((this.firsts.at(-1) ?? 0) >= from) {
      this.firsts.pop();
      this.terms.pop();
    }
    this.last = Math.min(this.last, from - 1);
  }

  /** Runs that cover first..last; the first of them starts at `first`. */
  slice(first: number, last: number): TermRun[] {
    const runs: TermRun[] = [];
    for (let run = Math.max(0, this.runOf(first)); run < this.firsts.length; run++) {
      const start = this.firsts[run] as number;
      if (start > last) break;
      runs.push({ first: Math.max(start, first), term: this.terms[run] as number });
    }
    return runs;
  }

  /** Largest known index <= `index` whose term is not above `term`; 0 where there is none. */
  lastAtMost(index: number, term: number): number {
    let at = Math.min(index, this.last);
    for (let run = this.runOf(at); run >= 0; run--) {
      if ((this.terms[run] as number) <= term) return at;
      at = (this.firsts[run] as number) - 1;
    }
    return 0;
  }

  /** First index >= `from` of `runs` (which reach up to `last`) that is unknown here or has another term; undefined if there is none. */
  firstDifference(runs: readonly TermRun[], last: number, from: number): number | undefined {
    for (let i = 0; i < runs.length; i++) {
      const { first, term } = runs[i] as TermRun;
      const end = i + 1 < runs.length ? (runs[i + 1] as TermRun).first - 1 : last;
      // Both sides are runs: compare only where one of them begins.
      for (let at = Math.max(first, from); at <= end; ) {
        if (this.termAt(at) !== term) return at;
        at = this.endOfRun(at) + 1;
      }
    }
    return undefined;
  }

  private endOfRun(index: number): number {
    const next = this.firsts[this.runOf(index) + 1];
    return next === undefined ? this.last : next - 1;
  }

  /** Number of the run that holds `index`, or -1. */
  private runOf(index: number): number {
    let high = this.firsts.length - 1;
    // Nearly every question is about the tail.
    if (high < 0 || index >= (this.firsts[high] as number)) return high;
    let low = 0;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if ((this.firsts[middle] as number) <= index) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }
}
