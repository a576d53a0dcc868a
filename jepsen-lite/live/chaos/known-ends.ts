/** What the leader told at some moment, and which position was acknowledged before it was asked. */
interface Mark {
  readonly commitIndex: number;
  readonly position: number;
}

/** Marks are few: members that lag further are not to be hurt anyway. */
const MOST_MARKS = 64;
/** Below the last acknowledged message by so much, whole entries stand behind: larger than any entry of the workloads. */
const MARGIN_BYTES = 1 << 18;

/** Up to which position of its log each member certainly holds, in its files, what others hold too: only below it may rot strike (raft/SAFETY.md 3). */
export class KnownEnds {
  readonly #marks: Mark[] = [];
  readonly #ends = new Map<string, number>();

  /** A leader that serves told its commit index; `position` had been acknowledged before it was asked. */
  committed(commitIndex: number, position: number): void {
    if (this.#marks.at(-1)?.position === position) return;
    this.#marks.push({ commitIndex, position });
    if (this.#marks.length > MOST_MARKS) this.#marks.shift();
  }

  /** A member told what it has applied and written. */
  heard(name: string, appliedIndex: number, writtenIndex: number): void {
    const index = Math.min(appliedIndex, writtenIndex);
    const mark = this.#marks.findLast(({ commitIndex }) => commitIndex <= index);
    if (mark !== undefined) this.#ends.set(name, Math.max(0, mark.position - MARGIN_BYTES));
  }

  /** The member has lost its disk. */
  forget(name: string): void {
    this.#ends.delete(name);
  }

  /** 0: nothing is known. */
  endOf(name: string): number {
    return this.#ends.get(name) ?? 0;
  }
}
