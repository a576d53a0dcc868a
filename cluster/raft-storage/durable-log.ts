import type { EntryBatch, Log, LogDamage, PortError, TermRun } from '../../raft/index.ts';
import { assert } from '../../src/base/assert.ts';
import type { Reservation, SegmentedLog } from '../../src/log/segmented-log.ts';
import type { DiskError, Timers } from '../../src/platform/ports.ts';
import { BatchLoader, type LoadDone } from './batch-loader.ts';
import type { DurableLogState } from './durable-log-state.ts';
import { entryHeaderBytes, entryIndex, entrySize, entryTerm, sealEntry } from './entry.ts';
import { entryBytesOf, runsBetween } from './entry-batch.ts';
import { type ChainLink, EntryChain, type LogCheckpoint } from './entry-chain.ts';
import { EntryLoader } from './entry-loader.ts';
import type { EntryLocator } from './entry-locator.ts';
import { type EntryFault, indexAt, RottenLog, walkEntries } from './entry-reader.ts';
import type { EntryRing } from './entry-ring.ts';
import type { Gap } from './gap.ts';
import type { GapList } from './gap-list.ts';
import { provedLink } from './proved-link.ts';
import { checkBatch, copyBatch, type EntryNote } from './received-entries.ts';

/** Sees the body of one entry; `bodyPosition` is the physical offset of its first record. The bytes are a view that may be kept. */
export type BodyVisitor = (
  buffer: Buffer,
  bodyOffset: number,
  bodyLength: number,
  index: number,
  term: number,
  bodyPosition: number,
) => void;

/** The Raft log in DLedger's entry format over segment files: Raft's `Log` port, and the leader's way to write in place. */
export class DurableLog implements Log {
  readonly segments: SegmentedLog;
  readonly firstWrotePosition: number;
  /** Largest body of an entry. */
  readonly maxBodyBytes: number;
  readonly #timers: Timers;
  readonly #ring: EntryRing;
  readonly #locator: EntryLocator;
  readonly #loader: EntryLoader;
  readonly #runs: TermRun[];
  readonly gaps: GapList;
  /** Hears of each place where entries cannot be read. */
  onDamage: (position: number) => void = () => {};
  /** Stands at the last entry. */
  readonly #chain: EntryChain;
  #physicalFirst: number;
  #cutAtStart: boolean;
  #bodyReserved = 0;
  readonly #reservation: { buffer: Buffer; offset: number; position: number };
  #persistUpTo = 0;
  #beforeUnsynced: ((done: (error: PortError | undefined) => void) => void) | undefined;
  #persistDone: ((error: PortError | undefined, upTo: number) => void) | undefined;
  readonly #onPersisted = (error: DiskError | undefined): void => this.#persisted(error);
  readonly #onIdle = (): void => this.#persisted(undefined);

  constructor(state: DurableLogState) {
    this.segments = state.log;
    this.firstWrotePosition = state.firstWrotePosition;
    this.maxBodyBytes = state.log.maxUnitBytes - entryHeaderBytes;
    this.#timers = state.timers;
    this.#ring = state.ring;
    this.#locator = state.locator;
    this.#runs = state.runs;
    this.gaps = state.gaps;
    const batches = new BatchLoader(state.log, state.timers, state.firstWrotePosition);
    this.#loader = new EntryLoader(batches, state.ring, state.locator, state.timers);
    this.#chain = new EntryChain(state.firstWrotePosition, state.last);
    this.#physicalFirst = state.physicalFirst;
    this.#cutAtStart = state.cutAtStart;
    this.#reservation = { buffer: Buffer.alloc(0), offset: 0, position: 0 };
  }

  get firstIndex(): number {
    return this.#physicalFirst + (this.#cutAtStart ? 1 : 0);
  }

  get lastIndex(): number {
    return this.#chain.index;
  }

  get lastTerm(): number {
    return this.#chain.term;
  }

  termRuns(): readonly TermRun[] {
    return this.#runs;
  }

  /** Term of a kept entry (or of the one before the first, where known); 0 otherwise. */
  termAt(index: number): number {
    for (let i = this.#runs.length - 1; i >= 0; i--) if (this.#runs[i]!.first <= index) return this.#runs[i]!.term;
    return 0;
  }

  chainCrc(index: number): number {
    if (index === this.#chain.index) return this.#chain.chainCrc;
    if (this.#ring.has(index)) return this.#ring.chainCrc(index);
    // 0 is "not known": the peer checks the chain of what follows all the same.
    return index < this.#physicalFirst ? 0 : (this.#provedLink(index)?.chainCrc ?? 0);
  }

  /** What precedes the first kept entry: undefined where that is gone. */
  get beforeFirst(): ChainLink | undefined {
    return this.#cutAtStart ? undefined : { index: 0, term: 0, chainCrc: 0 };
  }

  /** Undefined, and told as damage, where the entry is not what stands there. Blocking; throws the disk's error. */
  #provedLink(index: number): ChainLink | undefined {
    const first = Math.max(index - 1, this.#physicalFirst);
    if (this.gaps.covers(first) || this.gaps.covers(first + 1)) return undefined;
    const start = this.#locator.locate(first);
    const { segments, firstWrotePosition } = this;
    const link =
      typeof start === 'number'
        ? provedLink(segments, firstWrotePosition, start, first === 1 ? this.beforeFirst : undefined, index)
        : start;
    if (!('position' in link)) return link;
    this.onDamage(link.position);
    return undefined;
  }

  /** Position of a kept entry's header. Blocking for entries that are no longer in memory; throws RottenLog or the disk's error. */
  positionOf(index: number): number {
    if (this.#ring.has(index)) return this.#ring.position(index);
    assert(index >= this.#physicalFirst && index <= this.#chain.index, 'the entry is kept');
    const position = this.#locator.locate(index);
    if (typeof position === 'number') return position;
    this.onDamage(position.position);
    throw new RottenLog(position);
  }

  /** Lowest index whose place is known without looking into the files; `lastIndex + 1` if none is. */
  get firstPlaced(): number {
    return this.#ring.first;
  }

  /** End of an entry; for the index before the first one, where the log begins. */
  endOf(index: number): number {
    if (index === this.#chain.index) return this.segments.endPosition;
    if (this.#ring.has(index)) return this.#ring.end(index);
    if (index < this.#physicalFirst) return this.segments.minPosition;
    const position = this.positionOf(index);
    const header = this.segments.view(position, entryHeaderBytes) ?? this.segments.readSync(position, entryHeaderBytes);
    return position + entrySize(header, 0);
  }

  /** All that a snapshot's header says of a kept entry. */
  checkpointAt(index: number): LogCheckpoint {
    const [term, chainCrc] = [this.termAt(index), this.chainCrc(index)];
    return { index, term, chainCrc, position: this.positionOf(index), endPosition: this.endOf(index) };
  }

  // --- the leader's side -------------------------------------------------------------------------------------------

  /**
   * Room for the body of the next entry (1..maxBodyBytes bytes). `position` is where the body will stand: the physical offset of
   * its first record. One object, reused by every call. Nothing changes before `seal`.
   */
  reserve(bodyLength: number): Reservation {
    const room = this.segments.reserve(entryHeaderBytes + bodyLength);
    const reservation = this.#reservation;
    reservation.buffer = room.buffer;
    reservation.offset = room.offset + entryHeaderBytes;
    reservation.position = room.position + entryHeaderBytes;
    this.#bodyReserved = bodyLength;
    return reservation;
  }

  /** The body is complete (records with their physical offsets, back to back): makes it the next entry, of `term`. Returns its index. */
  seal(term: number, bodyLength = this.#bodyReserved): number {
    assert(bodyLength > 0 && bodyLength <= this.#bodyReserved, 'seal follows reserve');
    assert(term >= this.#chain.term, 'terms do not fall');
    const { buffer, offset, position } = this.#reservation;
    const chain = this.#chain;
    const start = offset - entryHeaderBytes;
    const at = position - entryHeaderBytes;
    const chainCrc = sealEntry(buffer, start, bodyLength, chain.index + 1, term, at, chain.chainCrc);
    this.segments.advance(entryHeaderBytes + bodyLength);
    this.#bodyReserved = 0;
    chain.index++;
    chain.term = term;
    chain.chainCrc = chainCrc;
    this.#appended(chain.index, term, at, entryHeaderBytes + bodyLength, chainCrc);
    return chain.index;
  }

  readonly #appended: EntryNote = (index, term, position, size, chainCrc) => {
    this.#ring.push(position, size, chainCrc);
    this.#locator.note(index, position);
    if (this.#runs.at(-1)?.term !== term) this.#runs.push({ first: index, term });
  };

  // --- the follower's side -----------------------------------------------------------------------------------------

  append(batch: EntryBatch): PortError | undefined {
    const payload = entryBytesOf(batch);
    const before: ChainLink = { index: this.#chain.index, term: this.#chain.term, chainCrc: this.#chain.chainCrc };
    assert(batch.first <= before.index + 1, 'a batch follows the log without a gap');
    const fault = checkBatch(this.segments, payload, this.#chain);
    if (fault !== undefined) this.#chain.reset(before);
    else if (this.#chain.index > before.index) copyBatch(this.segments, payload, before.index, this.#appended);
    return fault;
  }

  truncate(fromIndex: number): void {
    if (fromIndex > this.#chain.index) return;
    assert(fromIndex >= this.firstIndex, 'a cut lies inside the log');
    const last = fromIndex - 1;
    const end = this.endOf(last);
    this.#chain.reset({ index: last, term: this.termAt(last), chainCrc: this.chainCrc(last) });
    while (this.#runs.length > 0 && this.#runs.at(-1)!.first >= fromIndex) this.#runs.pop();
    this.#ring.cut(fromIndex);
    this.#locator.cut(fromIndex);
    this.#loader.forget();
    this.segments.truncate(end);
    this.#persistUpTo = Math.min(this.#persistUpTo, last);
  }

  // --- both --------------------------------------------------------------------------------------------------------

  persist(sync: boolean, done: (error: PortError | undefined, upTo: number) => void): void {
    assert(this.#persistDone === undefined, 'one persist at a time');
    this.#persistDone = done;
    this.#persistUpTo = this.#chain.index;
    const before = sync ? undefined : this.#beforeUnsynced;
    if (before === undefined) {
      this.#startPersist(sync);
      return;
    }
    before((error) => {
      if (error !== undefined) return this.#persisted(error);
      this.#beforeUnsynced = undefined;
      this.#startPersist(false);
    });
  }

  #startPersist(sync: boolean): void {
    if (this.segments.needsPersist(sync)) this.segments.persist(sync, this.#onPersisted);
    else this.#timers.endOfTurn(this.#onIdle);
  }

  /**
   * What must be durable before the first acknowledgement that only a page cache backs, whoever's flush mode asks for it: done once, before the first
   * persist without a sync (raft/SAFETY.md 2 and 7).
   */
  beforeUnsynced(step: (done: (error: PortError | undefined) => void) => void): void {
    this.#beforeUnsynced = step;
  }

  #persisted(error: PortError | undefined): void {
    const done = this.#persistDone;
    this.#persistDone = undefined;
    done?.(error, this.#persistUpTo);
  }

  /** Lets a persist in flight end (and the one that its end starts), then writes and fsyncs everything: the last call before `close`. */
  flush(done: (error: PortError | undefined) => void): void {
    const inFlight = this.#persistDone;
    if (inFlight === undefined) {
      // An fsync that is under way beside it must not lose its files.
      this.persist(true, (error) => this.segments.syncWritten((failure) => done(error ?? failure)));
      return;
    }
    this.#persistDone = (error, upTo) => {
      inFlight(error, upTo);
      if (error === undefined) this.flush(done);
      else done(error);
    };
  }

  view(first: number, maxBytes: number): EntryBatch | undefined {
    const ring = this.#ring;
    if (!ring.has(first)) return undefined;
    const start = ring.position(first);
    if (start < this.segments.memoryPosition) return undefined;
    const segmentEnd = this.segments.files.startOf(start) + this.segments.segmentBytes;
    const last = Math.max(first, ring.lastEndingBy(first, Math.min(start + maxBytes, segmentEnd)));
    const payload: Buffer[] = [];
    const byteLength = this.segments.collect(start, ring.end(last), payload);
    return { first, last, byteLength, runs: runsBetween(this.#runs, first, last), payload };
  }

  load(first: number, maxBytes: number, done: LoadDone): void {
    this.#load(first, maxBytes, false, done);
  }

  /** The same for a repair, of which both ends of the damaged place are the proof: the entry before may be damaged, too. */
  loadUnproved(first: number, maxBytes: number, done: LoadDone): void {
    this.#load(first, maxBytes, true, done);
  }

  #load(first: number, maxBytes: number, mayBeUnproved: boolean, done: LoadDone): void {
    assert(first >= this.#physicalFirst && first <= this.#chain.index, 'the entry is kept');
    const before = first - 1;
    const isLost = this.gaps.covers(before);
    if (isLost && !mayBeUnproved) {
      // Whoever takes an entry with a wrong header for the leader's own cannot go on: it waits until the one before is there.
      this.#timers.endOfTurn(() => done({ code: 'ROT', message: `entry ${before} cannot be read` }));
      return;
    }
    const isThere = !isLost && before >= this.#physicalFirst;
    const known = isThere ? (this.#inRing(before) ?? 'look') : before === 0 ? this.beforeFirst : undefined;
    this.#loader.load(first, maxBytes, known, (result) => {
      if ('position' in result) this.onDamage(result.position);
      done(result);
    });
  }

  #inRing(index: number): ChainLink | undefined {
    if (!this.#ring.has(index)) return undefined;
    return { index, term: this.termAt(index), chainCrc: this.#ring.chainCrc(index) };
  }

  /**
   * Visits the entries first..last (kept ones) in order, from memory or, blocking and checked, from the files. A fault tells where the log cannot be read;
   * the entries before it were visited. Throws the disk's error.
   */
  forEachEntry(first: number, last: number, visit: BodyVisitor): EntryFault | undefined {
    if (last < first) return undefined;
    try {
      return this.scanEntries(this.positionOf(first), this.endOf(last), visit);
    } catch (thrown) {
      if (thrown instanceof RottenLog) return thrown.fault;
      throw thrown;
    }
  }

  /** The same for the entries whose headers stand in [from, to); `from` is the end or the start of an entry. */
  scanEntries(from: number, to: number, visit: BodyVisitor): EntryFault | undefined {
    const fault = walkEntries(this.segments, this.firstWrotePosition, from, to, (buffer, offset, size, position) => {
      const bodyLength = size - entryHeaderBytes;
      const body = offset + entryHeaderBytes;
      visit(
        buffer,
        body,
        bodyLength,
        entryIndex(buffer, offset),
        entryTerm(buffer, offset),
        position + entryHeaderBytes,
      );
      return true;
    });
    if (fault !== undefined) this.onDamage(fault.position);
    return fault;
  }

  // --- damage ------------------------------------------------------------------------------------------------------

  get damage(): LogDamage | undefined {
    return this.gaps.damage;
  }

  startsBelow(position: number): number[] {
    return this.#locator.startsBelow(position);
  }

  /** Is the entry kept, and not known to be damaged? */
  holds(index: number): boolean {
    return index >= this.#physicalFirst && index <= this.#chain.index && !this.gaps.covers(index);
  }

  /** The gap is filled; `runs` are the terms of its entries. */
  closeGap(gap: Gap, runs: readonly TermRun[]): void {
    this.gaps.remove(gap);
    this.#locator.dropWithin(gap.from, gap.to);
    this.#loader.forget();
    if (gap.last < gap.first) return;
    const before = runsBetween(this.#runs, this.#physicalFirst, gap.first - 1);
    const behind = runsBetween(this.#runs, gap.last + 1, this.#chain.index);
    this.#runs.length = 0;
    for (const run of [...before, ...runs, ...behind]) if (this.#runs.at(-1)?.term !== run.term) this.#runs.push(run);
  }

  /** Removes the files that lie wholly below `position` (retention), unless something in the log is damaged; returns their paths. Throws the disk's error. */
  deleteBefore(position: number): string[] {
    const next = this.segments.files.startOf(position);
    if (this.damage !== undefined || next <= this.segments.minPosition || !this.#mayBeFirst(next)) return [];
    const removed = this.segments.deleteBefore(position);
    if (removed.length === 0) return removed;
    const start = this.segments.minPosition;
    const header = this.segments.view(start, entryHeaderBytes) ?? this.segments.readSync(start, entryHeaderBytes);
    this.#physicalFirst = entryIndex(header, 0);
    this.#cutAtStart = true;
    const kept = runsBetween(this.#runs, this.#physicalFirst, this.#chain.index);
    this.#runs.splice(0, this.#runs.length, ...kept);
    this.#locator.dropBelow(this.#physicalFirst);
    return removed;
  }

  /** Nobody could tell the number of a first entry whose header is damaged: it has to follow from the one before as long as that is there. */
  #mayBeFirst(start: number): boolean {
    const first = this.segments.files.has(start) ? indexAt(this.segments, start) : this.#chain.index + 1;
    if (first === undefined || first < this.#physicalFirst || first > this.#chain.index) return false;
    return this.#ring.has(first - 1) || this.#provedLink(first) !== undefined;
  }

  close(): void {
    this.segments.close();
  }
}
