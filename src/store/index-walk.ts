import type { DiskError } from '../platform/ports.ts';
import type { IndexFile } from './index-file.ts';
import type { IndexEntry } from './index-format.ts';

/** Entries that a walk looks at, at most: bounds a query for a key that half of all messages have. */
const MAX_STEPS = 100_000;

/** Gets each position in turn; goes on when `next(true)` is called, ends with `next(false)`. */
export type IndexFound = (position: number, next: (go: boolean) => void) => void;

export interface IndexWalkOptions {
  /** Oldest first; belongs to the walk. */
  readonly files: IndexFile[];
  readonly hash: number;
  readonly beginMs: number;
  readonly endMs: number;
  readonly found: IndexFound;
  readonly done: (error: DiskError | undefined) => void;
}

/** One query on its way through the index files, newest entry first. Steps that memory answers run in a loop, not by recursion. */
export class IndexWalk {
  readonly #options: IndexWalkOptions;
  #file: IndexFile | undefined;
  #entry = 0;
  /** The entry looked at before: chains lead to older entries only, else the file is damaged. */
  #newer = 0;
  #steps = 0;
  #running = false;
  #again = false;
  readonly #onSlot = (error: DiskError | undefined, entry: number): void => {
    if (error !== undefined) {
      this.#options.done(error);
      return;
    }
    this.#entry = entry;
    this.run();
  };
  readonly #onEntry = (error: DiskError | undefined, entry: IndexEntry): void => {
    if (error !== undefined) {
      this.#options.done(error);
      return;
    }
    this.#newer = this.#entry;
    this.#entry = entry.previous;
    if (this.#matches(entry)) this.#options.found(entry.position, this.#onNext);
    else this.run();
  };
  readonly #onNext = (go: boolean): void => {
    if (go) this.run();
    else this.#options.done(undefined);
  };

  constructor(options: IndexWalkOptions) {
    this.#options = options;
  }

  run(): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#again) {
      this.#again = false;
      this.#step();
    }
    this.#running = false;
  }

  #step(): void {
    const file = this.#file;
    if (file === undefined || this.#entry <= 0 || this.#entry >= this.#newer) this.#nextFile();
    else if (this.#steps++ >= MAX_STEPS) this.#options.done(undefined);
    else file.readEntry(this.#entry, this.#onEntry);
  }

  #nextFile(): void {
    const { files, beginMs, endMs, hash, done } = this.#options;
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      if (file.header.endTimestamp + 1000 < beginMs || file.header.beginTimestamp > endMs) continue;
      this.#file = file;
      this.#newer = file.header.nextEntry;
      file.readSlot(file.slotOf(hash), this.#onSlot);
      return;
    }
    done(undefined);
  }

  /** The file counts in whole seconds from its first message. */
  #matches(entry: IndexEntry): boolean {
    const { hash, beginMs, endMs } = this.#options;
    const fromMs = (this.#file?.header.beginTimestamp ?? 0) + entry.seconds * 1000;
    return entry.hash === hash && fromMs <= endMs && fromMs + 1000 >= beginMs;
  }
}
