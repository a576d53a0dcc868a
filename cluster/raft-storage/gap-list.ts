import type { LogDamage } from '../../raft/index.ts';
import type { Gap } from './gap.ts';

/** What of a log is known to be damaged, in the order of the log. */
export class GapList {
  readonly #gaps: Gap[];
  readonly #toFill: Set<Gap>;
  readonly #nowhere = new Set<Gap>();
  readonly #committedIndex: number;

  /** `toFill`: those that must be filled before the log may grow. Entries up to `committedIndex` are certainly committed. */
  constructor(gaps: readonly Gap[], toFill: readonly Gap[], committedIndex: number) {
    this.#gaps = [...gaps];
    this.#toFill = new Set(toFill);
    this.#committedIndex = committedIndex;
  }

  get all(): readonly Gap[] {
    return this.#gaps;
  }

  get damage(): LogDamage | undefined {
    if (this.#gaps.length === 0) return undefined;
    if (this.#toFill.size === 0) return 'below-applied';
    return [...this.#toFill].every((gap) => this.isCommitted(gap)) ? 'fill-first' : 'unapplied';
  }

  /** Are the lost entries those of every leader to come? */
  isCommitted({ last }: Gap): boolean {
    return last <= this.#committedIndex;
  }

  /** Must this gap be filled before the log may grow: it is not applied yet, or its terms are not known? */
  mustBeFilled(gap: Gap): boolean {
    return this.#toFill.has(gap);
  }

  /** One that was found after the start: below what is applied, and of known terms. */
  add(gap: Gap): void {
    this.#gaps.push(gap);
    this.#gaps.sort((a, b) => a.from - b.from);
  }

  /** A gap has become smaller, or bigger: then those that lie within it are a part of it. */
  replace(gap: Gap, by: Gap): void {
    const replaced = this.#gaps.filter((one) => one === gap || (one.from >= by.from && one.to <= by.to));
    if (replaced.some((one) => this.#toFill.has(one))) this.#toFill.add(by);
    this.#gaps.splice(this.#gaps.indexOf(gap), 0, by);
    for (const one of replaced) this.remove(one);
  }

  remove(gap: Gap): void {
    this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#toFill.delete(gap);
    this.#nowhere.delete(gap);
  }

  /** None of the peers that could be asked holds what is lost here. */
  noteNowhere(gap: Gap): void {
    this.#nowhere.add(gap);
  }

  /** Are entries below `index` lost that no peer holds? */
  lacksBelow(index: number): boolean {
    return [...this.#nowhere].some(({ first }) => first < index);
  }

  /** The gap in which an entry is lost, if one is. */
  at(index: number): Gap | undefined {
    return this.#gaps.find(({ first, last }) => index >= first && index <= last);
  }

  /** Is the entry a damaged one? */
  covers(index: number): boolean {
    return this.at(index) !== undefined;
  }
}
