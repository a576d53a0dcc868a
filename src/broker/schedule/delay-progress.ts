import { TwoLevelMap } from '../state/two-level-map.ts';

/** `level` counts from 1; `nextOffset` is the first message of the level's queue that is not delivered yet. */
export interface LevelProgress {
  readonly level: number;
  readonly nextOffset: number;
}

/** How far each delay level is delivered, at two levels (raft/SAFETY.md 5). */
export class DelayProgress {
  readonly #levels = new TwoLevelMap<number>();

  /** At the tail; 0 for a level that delivered nothing yet. */
  nextOffset(level: number): number {
    return this.#levels.get(String(level)) ?? 0;
  }

  stage(levels: readonly LevelProgress[]): void {
    for (const { level, nextOffset } of levels) this.#levels.stage(String(level), nextOffset);
  }

  commit(levels: readonly LevelProgress[]): void {
    for (const { level, nextOffset } of levels) this.#levels.commit(String(level), nextOffset);
  }

  dropTail(): void {
    this.#levels.dropTail();
  }

  /** Sorted by level. */
  committed(): LevelProgress[] {
    const levels = this.#levels.committedEntries().map(([level, nextOffset]) => ({ level: Number(level), nextOffset }));
    return levels.sort((a, b) => a.level - b.level);
  }

  import(levels: readonly LevelProgress[]): void {
    this.#levels.import(levels.map(({ level, nextOffset }) => [String(level), nextOffset]));
  }
}
