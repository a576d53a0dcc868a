/** Of a group: how many members there are, and how many of them go on without the others. */
export interface GroupSize {
  readonly members: number;
  readonly needed: number;
}

/** A member went, or was there again. */
export interface Moment {
  readonly name: string;
  readonly isThere: boolean;
  readonly atMs: number;
}

/** A time in which members that were away disturbed the group. */
export interface Disturbing {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Too few were there to go on: that is excused for so long, ms. It is meant for faults of up to 10 s that meet, an orderly stop of 10 s before them, and the start of processes on a busy machine. Who
 * needs longer to come back is no excuse.
 */
const FEW_MS = 30_000;

/** When members were away. As long as enough are there, one that goes or comes back disturbs the others at that moment alone, however long it is away. */
export class Absences {
  readonly #size: GroupSize;
  readonly #moments: Moment[] = [];
  readonly #away = new Set<string>();

  constructor(size: GroupSize) {
    this.#size = size;
  }

  /** A member is there, or is not; what is known already changes nothing. */
  member(name: string, isThere: boolean, atMs: number): void {
    if (this.#away.has(name) !== isThere) return;
    if (isThere) this.#away.delete(name);
    else this.#away.add(name);
    this.#moments.push({ name, isThere, atMs });
  }

  /** Oldest first. */
  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** Up to now. */
  disturbing(nowMs: number): Disturbing[] {
    const found: Disturbing[] = this.#moments.map(({ name, isThere, atMs }) => {
      return { name: `${name} ${isThere ? 'back' : 'away'}`, fromMs: atMs, toMs: atMs };
    });
    const few = (fromMs: number, toMs: number): void => {
      found.push({ name: 'too few there', fromMs, toMs: Math.min(toMs, fromMs + FEW_MS) });
    };
    let there = this.#size.members;
    let fewSinceMs: number | undefined;
    for (const { isThere, atMs } of this.#moments) {
      there += isThere ? 1 : -1;
      if (there < this.#size.needed) fewSinceMs ??= atMs;
      else if (fewSinceMs !== undefined) {
        few(fewSinceMs, atMs);
        fewSinceMs = undefined;
      }
    }
    if (fewSinceMs !== undefined) few(fewSinceMs, nowMs);
    return found;
  }
}
