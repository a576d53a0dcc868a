import { assert } from './assert.ts';
import { TermRuns } from './term-runs.ts';
import type { EntryBatch, MemberSet, MembersAt, TermRun } from './types.ts';

/** An entry of the in-memory log; `size` stands for its bytes. */
export interface MemoryEntry {
  readonly term: number;
  readonly value: unknown;
  readonly size: number;
  /** A config entry: the set of members that it brings. */
  readonly members?: MemberSet | undefined;
}

/**
 * A log without a disk, for tests, measurements and examples: the driver's `Log` port but for durability. What it persists is gone with the
 * process.
 */
export class MemoryLog {
  /** Entry `i` stands at `entries[i - firstIndex]`. */
  readonly entries: MemoryEntry[];
  private readonly chain: number[] = [];
  private readonly runs = new TermRuns([], 0);
  private chainBefore = 0;
  firstIndex = 1;

  constructor(entries: readonly MemoryEntry[] = []) {
    this.entries = [];
    for (const entry of entries) this.push(entry);
  }

  get lastIndex(): number {
    return this.firstIndex + this.entries.length - 1;
  }

  termRuns(): readonly TermRun[] {
    return this.runs.slice(Math.max(1, this.firstIndex - 1), this.lastIndex);
  }

  chainCrc(index: number): number {
    return this.chain[index - this.firstIndex] ?? this.chainBefore;
  }

  /** Returns the index of the entry. */
  push(entry: MemoryEntry): number {
    const previous = this.chain.at(-1) ?? this.chainBefore;
    this.runs.append(this.lastIndex + 1, entry.term);
    this.entries.push(entry);
    this.chain.push(chainOf(previous, entry));
    return this.lastIndex;
  }

  /** Takes the entries of a batch that are behind the end. */
  append(batch: EntryBatch): undefined {
    assert(batch.first <= this.lastIndex + 1, 'a gap in the log');
    const entries = batch.payload as readonly MemoryEntry[];
    for (let index = this.lastIndex + 1; index <= batch.last; index++) {
      this.push(entries[index - batch.first] as MemoryEntry);
    }
    return undefined;
  }

  truncate(from: number): void {
    this.entries.length = from - this.firstIndex;
    this.chain.length = from - this.firstIndex;
    this.runs.truncate(from);
  }

  /** Drops everything before `index`, as retention does. */
  compact(index: number): void {
    const dropped = index - this.firstIndex;
    this.chainBefore = this.chainCrc(index - 1);
    this.entries.splice(0, dropped);
    this.chain.splice(0, dropped);
    this.firstIndex = index;
  }

  view(first: number, maxBytes: number): EntryBatch | undefined {
    if (first < this.firstIndex || first > this.lastIndex) return undefined;
    let last = first;
    let byteLength = (this.entries[first - this.firstIndex] as MemoryEntry).size;
    while (last < this.lastIndex) {
      const size = (this.entries[last + 1 - this.firstIndex] as MemoryEntry).size;
      if (byteLength + size > maxBytes) break;
      byteLength += size;
      last++;
    }
    const payload = this.entries.slice(first - this.firstIndex, last + 1 - this.firstIndex);
    return {
      first,
      last,
      byteLength,
      runs: this.runs.slice(first, last),
      payload,
      members: this.membersIn(first, last),
    };
  }

  persist(_sync: boolean, done: (error: undefined, upTo: number) => void): void {
    done(undefined, this.lastIndex);
  }

  /** Everything is in memory: what is not there is gone. */
  load(first: number, maxBytes: number, done: (result: EntryBatch | { code: string; message: string }) => void): void {
    done(this.view(first, maxBytes) ?? { code: 'GONE', message: `entry ${first} is no longer kept` });
  }

  /** Sets of members that the entries first..last bring; undefined where there are none. */
  membersIn(first: number, last: number): MembersAt[] | undefined {
    let found: MembersAt[] | undefined;
    for (let index = Math.max(first, this.firstIndex); index <= last; index++) {
      const members = this.entries[index - this.firstIndex]?.members;
      if (members) found = [...(found ?? []), { ...members, index }];
    }
    return found;
  }
}

/** Not a CRC, only a chain: equal prefixes give equal numbers. */
function chainOf(previous: number, entry: MemoryEntry): number {
  let hash = (previous ^ 0x9e3779b9) >>> 0;
  for (const text of [String(entry.term), String(entry.value)]) {
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  }
  return hash === 0 ? 1 : hash;
}
