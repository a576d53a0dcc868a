import type { EntryBatch, TermRun } from '../../raft/index.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import type { DiskError } from '../../src/platform/ports.ts';
import {
  chainCrcOf,
  entryBodyCrc,
  entryChainCrc,
  entryHeaderBytes,
  entryIndex,
  entryPosition,
  entryTerm,
  minBlankBytes,
  writeBlank,
} from './entry.ts';
import { entryBytesOf } from './entry-batch.ts';
import { EntryChain } from './entry-chain.ts';
import type { Gap } from './gap.ts';
import { visitBatch } from './received-entries.ts';

/** Bytes for one place in one file. */
interface Piece {
  readonly position: number;
  readonly bytes: Buffer;
}

/** Collects the entries of one gap from peers' batches, proves them, and writes them where they were. */
export class GapFiller {
  readonly #segments: SegmentedLog;
  readonly #gap: Gap;
  /** Stands at the last entry that was taken. */
  readonly #chain: EntryChain;
  readonly #pieces: Piece[] = [];
  readonly runs: TermRun[] = [];
  #end: number;

  constructor(segments: SegmentedLog, firstWrotePosition: number, gap: Gap) {
    this.#segments = segments;
    this.#gap = gap;
    this.#chain = new EntryChain(firstWrotePosition, gap.before);
    this.#end = gap.from;
  }

  /** The entry that is wanted next. */
  get nextIndex(): number {
    return this.#taken === 0 ? this.#gap.first : this.#chain.index + 1;
  }

  /** All entries are there. */
  get isFull(): boolean {
    return this.nextIndex > this.#gap.last;
  }

  #taken = 0;
  #matchesBehind = false;

  /** The peer has an entry of the same index and term as the one behind the gap: so what it sent before is what was lost (Log Matching, Raft 5.3). */
  get matchesBehind(): boolean {
    return this.#matchesBehind;
  }

  /** Takes what of a batch belongs here; a text says why it cannot be what was lost. `termOf` tells known terms. */
  take(batch: EntryBatch, termOf: (index: number) => number | undefined): string | undefined {
    let fault: string | undefined;
    visitBatch(entryBytesOf(batch), this.nextIndex - 1, (bytes, offset, size) => {
      if (fault !== undefined) return;
      if (!this.isFull) fault = this.#takeEntry(bytes, offset, size, termOf);
      else if (entryIndex(bytes, offset) === this.#gap.last + 1)
        this.#matchesBehind = entryTerm(bytes, offset) === entryTerm(this.#headerBehind(), 0);
    });
    return fault;
  }

  #takeEntry(
    bytes: Buffer,
    offset: number,
    size: number,
    termOf: (index: number) => number | undefined,
  ): string | undefined {
    const [index, term, position] = [entryIndex(bytes, offset), entryTerm(bytes, offset), entryPosition(bytes, offset)];
    const expected = this.#placeOf(size);
    const known = termOf(index);
    if (index !== this.nextIndex) return `entry ${index} came instead of ${this.nextIndex}`;
    if (known !== undefined && term !== known) return `entry ${index} has term ${term} there, ${known} here`;
    if (position !== expected) return `entry ${index} stands at ${position} there, here it belongs at ${expected}`;
    if (position + size > this.#gap.to) return `entry ${index} does not fit in before position ${this.#gap.to}`;
    const fault = this.#chain.check(bytes, offset, position);
    if (fault !== undefined) return `entry ${index}: ${fault}`;
    this.#blankTo(position);
    this.#pieces.push({ position, bytes: Buffer.from(bytes.subarray(offset, offset + size)) });
    this.#end = position + size;
    this.#taken++;
    if (this.runs.at(-1)?.term !== term) this.runs.push({ first: index, term });
    return undefined;
  }

  /** Where an entry of `size` bytes stands behind what is there (raft/FORMATS.md 2). */
  #placeOf(size: number): number {
    if (this.#gap.before === undefined && this.#taken === 0) return this.#gap.from;
    const segmentEnd = this.#segments.files.startOf(this.#end) + this.#segments.segmentBytes;
    return this.#end + size + minBlankBytes <= segmentEnd ? this.#end : segmentEnd;
  }

  #blankTo(position: number): void {
    if (position === this.#end) return;
    const bytes = Buffer.alloc(position - this.#end);
    writeBlank(bytes, 0, bytes.length);
    this.#pieces.push({ position: this.#end, bytes });
  }

  /** Full: does the intact entry behind follow from the last one? A text says why not. */
  proof(): string | undefined {
    const { to, last } = this.#gap;
    const header = this.#headerBehind();
    const startsFile = this.#segments.files.startOf(to) === to;
    if (
      to !== this.#end &&
      !(startsFile && this.#segments.files.startOf(this.#end) + this.#segments.segmentBytes === to)
    )
      return `entry ${last} would end at ${this.#end}, not before ${to}`;
    const stored = entryChainCrc(header, 0);
    if (stored === 0 && to < this.#chain.firstWrotePosition) return undefined;
    const expected = chainCrcOf(this.#chain.chainCrc, header, 0, entryBodyCrc(header, 0));
    return stored === expected ? undefined : `entry ${last + 1} does not follow from what would fill the gap`;
  }

  #headerBehind(): Buffer {
    const { to } = this.#gap;
    return this.#segments.view(to, entryHeaderBytes) ?? this.#segments.readSync(to, entryHeaderBytes);
  }

  /** The last piece before the entry behind, if a file ends there. */
  finish(): void {
    this.#blankTo(this.#gap.to);
  }

  /** Writes and fsyncs what was collected. */
  write(done: (error: DiskError | undefined) => void): void {
    const next = (): void => {
      const piece = this.#pieces.shift();
      if (piece === undefined) {
        done(undefined);
        return;
      }
      // Pieces that touch go out as one.
      const joined = [piece.bytes];
      let end = piece.position + piece.bytes.length;
      const segmentEnd = this.#segments.files.startOf(piece.position) + this.#segments.segmentBytes;
      while (this.#pieces[0]?.position === end && end < segmentEnd) {
        joined.push(this.#pieces[0].bytes);
        end += this.#pieces[0].bytes.length;
        this.#pieces.shift();
      }
      const bytes = joined.length === 1 ? piece.bytes : Buffer.concat(joined);
      this.#segments.rewriteAt(piece.position, bytes, (error) => {
        if (error === undefined) next();
        else done(error);
      });
    };
    next();
  }

  /** What is left of the gap when that is written. */
  rest(): Gap {
    const { index, term, chainCrc } = this.#chain;
    return { ...this.#gap, first: index + 1, before: { index, term, chainCrc }, from: this.#end };
  }
}
