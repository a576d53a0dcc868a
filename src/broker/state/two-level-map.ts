interface Staged<Value> {
  /** undefined: removed. */
  value: Value | undefined;
  /** Changes of this key that are appended and not yet committed. */
  changes: number;
}

/**
 * A map at two levels (raft/SAFETY.md 5): *committed*, what the log has confirmed, the same on every node; and *tail*, committed plus this
 * master's own changes that are still on their way. Decisions use the tail; a step-down drops it.
 * Every staged change is committed later in the same order, or dropped; a follower commits without staging.
 */
export class TwoLevelMap<Value> {
  readonly #committed = new Map<string, Value>();
  readonly #staged = new Map<string, Staged<Value>>();

  /** The value at the tail. */
  get(key: string): Value | undefined {
    const staged = this.#staged.size === 0 ? undefined : this.#staged.get(key);
    return staged === undefined ? this.#committed.get(key) : staged.value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Whether a change was appended that is not confirmed yet. */
  isStaged(key: string): boolean {
    return this.#staged.has(key);
  }

  /** A change was appended to the log; undefined removes. */
  stage(key: string, value: Value | undefined): void {
    const staged = this.#staged.get(key);
    if (staged === undefined) {
      this.#staged.set(key, { value, changes: 1 });
    } else {
      staged.value = value;
      staged.changes++;
    }
  }

  /** A change was confirmed; undefined removes. */
  commit(key: string, value: Value | undefined): void {
    if (value === undefined) this.#committed.delete(key);
    else this.#committed.set(key, value);
    const staged = this.#staged.size === 0 ? undefined : this.#staged.get(key);
    if (staged !== undefined && --staged.changes === 0) this.#staged.delete(key);
  }

  /** Step-down: what was not confirmed is forgotten. */
  dropTail(): void {
    this.#staged.clear();
  }

  /** Keys and values at the tail, in no particular order. */
  *entries(): Generator<readonly [string, Value]> {
    for (const [key, value] of this.#committed) {
      if (!this.#staged.has(key)) yield [key, value];
    }
    for (const [key, { value }] of this.#staged) if (value !== undefined) yield [key, value];
  }

  /** Committed keys and values, sorted by key (by UTF-16 unit, so the same everywhere). */
  committedEntries(): (readonly [string, Value])[] {
    return [...this.#committed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }

  committedGet(key: string): Value | undefined {
    return this.#committed.get(key);
  }

  /** Replaces everything by committed values. */
  import(entries: Iterable<readonly [string, Value]>): void {
    this.#committed.clear();
    this.#staged.clear();
    for (const [key, value] of entries) this.#committed.set(key, value);
  }
}
