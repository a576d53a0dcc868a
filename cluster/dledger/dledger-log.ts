import type { Replica } from '../../raft/index.ts';
import { assert } from '../../src/base/assert.ts';
import { readInt32 } from '../../src/base/bytes.ts';
import type { Timers } from '../../src/platform/ports.ts';
import type { ReadDone, RecordLog, RecordVisitor } from '../../src/store/record-log.ts';
import type { Replicator, ReplicatorListener, Reservation, WriteRefusal } from '../../src/store/replicator.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { entryHeaderBytes } from '../raft-storage/entry.ts';
import { RottenLog } from '../raft-storage/entry-reader.ts';
import { damageIn } from '../raft-storage/read-check.ts';

/** Committed bytes that are handed on in one piece: a long backlog must not hold up heartbeats. */
const APPLY_BYTES = 4 << 20;

export interface DledgerLogOptions {
  readonly log: DurableLog;
  readonly timers: Timers;
  /** Committed and applied up to here before the start (from a snapshot; 0 without one). */
  readonly appliedIndex: number;
  /** The broker's state is that of this entry, to which the log may not reach yet. */
  readonly stateIndex: number;
  /** Bytes that may be appended and not yet committed before writes are refused. */
  readonly maxPendingBytes: number;
  /** Why ordinary writes have no room on the disk, if so. */
  readonly diskFull: () => string | undefined;
}

/**
 * The Raft log as the message store sees it: replication port and record log in one. One unit of the store is one entry, a ticket is the
 * entry's index, and what is committed is what consumers may see.
 */
export class DledgerLog implements Replicator, RecordLog {
  readonly maxUnitBytes: number;
  readonly #log: DurableLog;
  readonly #timers: Timers;
  readonly #maxPendingBytes: number;
  readonly #stateIndex: number;
  readonly #diskFull: () => string | undefined;
  #replica: Replica | undefined;
  #listener: ReplicatorListener | undefined;
  /** Term of an entry of the replication itself that is being appended: it needs no leave, and the replica counts it. */
  #ownTerm = 0;
  #committedIndex: number;
  #appliedIndex: number;
  #confirmedPosition: number;
  #applyScheduled = false;
  readonly #applyMore = (): void => this.#continue();

  constructor(options: DledgerLogOptions) {
    this.#log = options.log;
    this.#timers = options.timers;
    this.#maxPendingBytes = options.maxPendingBytes;
    this.#diskFull = options.diskFull;
    this.#stateIndex = options.stateIndex;
    this.maxUnitBytes = options.log.maxBodyBytes;
    this.#appliedIndex = options.appliedIndex;
    this.#committedIndex = options.appliedIndex;
    this.#confirmedPosition = options.log.endOf(options.appliedIndex);
  }

  /** The replica that decides over this log; set once, before it starts. */
  setReplica(replica: Replica): void {
    this.#replica = replica;
  }

  setListener(listener: ReplicatorListener): void {
    assert(this.#listener === undefined, 'the log has one listener');
    this.#listener = listener;
  }

  // --- writing -----------------------------------------------------------------------------------------------------

  refusal(): WriteRefusal | undefined {
    if (this.#ownTerm > 0) return undefined;
    const reason = this.#replica === undefined ? 'stopped' : this.#replica.refusal();
    if (reason !== undefined) return REFUSALS[reason];
    const pending = this.#log.segments.endPosition - this.#confirmedPosition;
    if (pending > this.#maxPendingBytes) return pendingFull(pending, this.#maxPendingBytes);
    const full = this.#diskFull();
    return full === undefined ? undefined : { status: 'disk-full', text: full };
  }

  reserve(byteLength: number): Reservation {
    return this.#log.reserve(byteLength);
  }

  seal(): number {
    const replica = this.#replica;
    assert(replica !== undefined, 'a log that is written to has a replica');
    const index = this.#log.seal(this.#ownTerm > 0 ? this.#ownTerm : replica.term);
    if (this.#ownTerm === 0) replica.appended();
    return index;
  }

  /** Runs `append`, which puts exactly one unit, as an entry of the replication itself (StateMachine.appendNoop and appendMembers). */
  appendOwn(term: number, append: () => void): void {
    const before = this.#log.lastIndex;
    this.#ownTerm = term;
    append();
    this.#ownTerm = 0;
    assert(this.#log.lastIndex === before + 1, 'an entry of the replication is one unit');
  }

  get confirmedTicket(): number {
    return this.#appliedIndex;
  }

  // --- what the state machine tells --------------------------------------------------------------------------------

  /** Entries up to `index` are committed. Hands them to the store, a long backlog over several turns; returns what is applied now. */
  committed(index: number): number {
    this.#committedIndex = Math.max(this.#committedIndex, index);
    if (!this.#applyScheduled) this.#apply();
    return this.#appliedIndex;
  }

  /** This node no longer leads: what it appended and is not committed has an unknown outcome. */
  lost(reason: string): void {
    this.#listener?.lost(reason);
  }

  #continue(): void {
    this.#applyScheduled = false;
    this.#apply();
    this.#replica?.appliedTo(this.#appliedIndex);
  }

  #apply(): void {
    const upTo = this.#pieceEnd();
    if (upTo === this.#appliedIndex) return;
    this.#confirmedPosition = this.#log.endOf(upTo);
    this.#appliedIndex = upTo;
    this.#listener?.confirmed(upTo, this.#confirmedPosition);
    if (upTo === this.#committedIndex) return;
    this.#applyScheduled = true;
    this.#timers.endOfTurn(this.#applyMore);
  }

  /** Last index of the next piece: at most APPLY_BYTES, at least one entry. */
  #pieceEnd(): number {
    const log = this.#log;
    const limit = this.#confirmedPosition + APPLY_BYTES;
    if (log.endOf(this.#committedIndex) <= limit) return this.#committedIndex;
    let low = this.#appliedIndex + 1;
    let high = this.#committedIndex;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (log.endOf(middle) <= limit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // --- reading -----------------------------------------------------------------------------------------------------

  get minPosition(): number {
    return this.#log.segments.minPosition;
  }

  get confirmedPosition(): number {
    return this.#confirmedPosition;
  }

  get endPosition(): number {
    return this.#log.segments.endPosition;
  }

  get writtenPosition(): number {
    return this.#log.segments.writtenPosition;
  }

  get syncedPosition(): number {
    return this.#log.segments.syncedPosition;
  }

  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  /** The state is a leader's, of an entry that the log does not reach yet: what is applied builds queues and index only. */
  get restoring(): boolean {
    return this.#appliedIndex < this.#stateIndex;
  }

  /** The entry that the broker's state reflects. */
  get stateIndex(): number {
    return Math.max(this.#appliedIndex, this.#stateIndex);
  }

  view(position: number, size: number): Buffer | undefined {
    return this.#log.segments.view(position, size);
  }

  read(position: number, size: number, done: ReadDone): void {
    if (!this.#holds(position, size)) {
      this.#timers.endOfTurn(() => done(undefined, undefined));
      return;
    }
    // The header of the first record's entry stands right before it, and tells whether the record is intact.
    const front = Math.min(entryHeaderBytes, position - this.#log.segments.files.startOf(position));
    this.#log.segments.read(position - front, front + size, (error, bytes) => {
      const damage = error === undefined ? damageIn(bytes, position - front, this.#log.firstWrotePosition) : undefined;
      if (damage !== undefined) this.#log.onDamage(damage);
      const fault = damage === undefined ? error : { code: 'ROT', message: `the log is damaged at position ${damage}` };
      done(fault, fault === undefined && bytes.length === front + size ? bytes.subarray(front) : undefined);
    });
  }

  readSync(position: number, size: number): Buffer | undefined {
    if (!this.#holds(position, size)) return undefined;
    const bytes = this.view(position, size) ?? this.#log.segments.readSync(position, size);
    return bytes.length === size ? bytes : undefined;
  }

  #holds(position: number, size: number): boolean {
    return position >= this.minPosition && position + size <= this.endPosition;
  }

  scan(from: number, to: number, visit: RecordVisitor): void {
    const fault = this.#log.scanEntries(from, to, (buffer, bodyOffset, bodyLength, _index, _term, bodyPosition) => {
      for (let at = 0; at < bodyLength; ) {
        const size = readInt32(buffer, bodyOffset + at);
        assert(size > 0 && at + size <= bodyLength, 'an entry divides into whole records');
        visit(buffer, bodyOffset + at, size, bodyPosition + at);
        at += size;
      }
    });
    if (fault !== undefined) throw new RottenLog(fault);
  }
}

const REFUSALS: Readonly<Record<'not-leader' | 'not-ready' | 'transferring' | 'disk-full' | 'stopped', WriteRefusal>> =
  {
    'not-leader': { status: 'not-leader', text: 'this broker does not lead its group; nothing was appended' },
    'not-ready': {
      status: 'not-ready',
      text: 'this broker was just elected and is not ready yet; nothing was appended, try again',
    },
    transferring: { status: 'not-ready', text: 'leadership is being handed over; nothing was appended, try again' },
    'disk-full': { status: 'disk-full', text: 'the disk of the leader is full; nothing was appended' },
    stopped: { status: 'shutting-down', text: 'this broker is shutting down; nothing was appended' },
  };

function pendingFull(pending: number, limit: number): WriteRefusal {
  const text = `flow control: ${pending} bytes are appended and not yet on a majority of the group (limit ${limit}); slow down and try again`;
  return { status: 'pending-full', text };
}
