import type { ReadDone, RecordLog, RecordVisitor } from '../../src/store/record-log.ts';
import type { Replicator, ReplicatorListener, Reservation, WriteRefusal } from '../../src/store/replicator.ts';

/** A log in one buffer, in which the test decides what is confirmed, lost, appended by others, or no longer in memory. */
export class ManualLog implements Replicator, RecordLog {
  readonly maxUnitBytes = 1 << 16;
  readonly bytes = Buffer.alloc(1 << 20);
  refused: WriteRefusal | undefined;
  minPosition = 0;
  /** Below: only `read` has it. */
  memoryPosition = 0;
  confirmedPosition = 0;
  confirmedTicket = 0;
  endPosition = 0;
  scans = 0;
  /** Bytes of each unit that was sealed. */
  readonly units: number[] = [];
  #reserved = 0;
  #ticket = 0;
  #listener: ReplicatorListener | undefined;
  readonly #later: (() => void)[] = [];

  /** What is behind is not in the files yet: reads find zeros there. */
  unwrittenFrom = Number.POSITIVE_INFINITY;

  get writtenPosition(): number {
    return Math.min(this.endPosition, this.unwrittenFrom);
  }

  get syncedPosition(): number {
    return this.writtenPosition;
  }

  setListener(listener: ReplicatorListener): void {
    this.#listener = listener;
  }

  refusal(): WriteRefusal | undefined {
    return this.refused;
  }

  reserve(byteLength: number): Reservation {
    this.#reserved = byteLength;
    return { buffer: this.bytes, offset: this.endPosition, position: this.endPosition };
  }

  seal(): number {
    this.endPosition += this.#reserved;
    this.units.push(this.#reserved);
    this.#ticket += 3;
    return this.#ticket;
  }

  /** Confirms everything. */
  confirm(): void {
    this.confirmedPosition = this.endPosition;
    this.confirmedTicket = this.#ticket;
    this.#listener?.confirmed(this.#ticket, this.endPosition);
  }

  /** Confirms everything up to a unit's end. */
  confirmTo(ticket: number, position: number): void {
    this.confirmedPosition = position;
    this.confirmedTicket = ticket;
    this.#listener?.confirmed(ticket, position);
  }

  /** Steps down; the tail is cut, as a new leader's entries would. */
  lose(): void {
    this.endPosition = this.confirmedPosition;
    this.#listener?.lost('test');
  }

  /** Another node's records arrive. */
  append(records: Buffer): void {
    records.copy(this.bytes, this.endPosition);
    this.endPosition += records.length;
  }

  view(position: number, size: number): Buffer | undefined {
    if (position < this.memoryPosition || position + size > this.endPosition) return undefined;
    return this.bytes.subarray(position, position + size);
  }

  read(position: number, size: number, done: ReadDone): void {
    this.#later.push(() => done(undefined, this.readSync(position, size)));
  }

  readSync(position: number, size: number): Buffer | undefined {
    if (position < this.minPosition || position >= this.endPosition) return undefined;
    const bytes = Buffer.from(this.bytes.subarray(position, Math.min(position + size, this.endPosition)));
    return bytes.fill(0, Math.min(bytes.length, Math.max(0, this.unwrittenFrom - position)));
  }

  /** Lets the reads come back that wait; returns their number. */
  finishReads(): number {
    const reads = this.#later.splice(0);
    for (const read of reads) read();
    return reads.length;
  }

  scan(from: number, to: number, visit: RecordVisitor): void {
    this.scans++;
    for (let at = from; at < to; ) {
      const size = this.bytes.readInt32BE(at);
      visit(this.bytes, at, size, at);
      at += size;
    }
  }
}
