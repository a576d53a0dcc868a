import { assert } from '../../src/base/assert.ts';
import type { DiskError, Timers } from '../../src/platform/ports.ts';
import type { NativeLog } from '../../src/store/native-log.ts';
import type { WaitOutcome } from '../../src/store/put-message.ts';
import type { ReadDone, RecordLog, RecordVisitor } from '../../src/store/record-log.ts';
import type { Replicator, ReplicatorListener, Reservation, WriteRefusal } from '../../src/store/replicator.ts';

/** What a role decides of what is stored here. */
export interface Confirmation {
  /** What consumers may see ends here. */
  readonly visible: number;
  /** Everything up to here is as safe as the mode promises. */
  readonly safe: number;
  /** Nobody waits any longer for what ends here or before; outcome for its senders. */
  readonly gaveUp?: { readonly position: number; readonly outcome: WaitOutcome };
}

/** What the log asks of the role that this broker has. Replaced as a whole when the role changes. */
export interface LogRole {
  /** Why this broker may not append now. */
  refusal(): WriteRefusal | undefined;
  /** `stored`: end of what is in the own files as the flush mode asks. */
  confirm(stored: number): Confirmation;
  /** Something was appended by this broker in this turn. */
  appended(): void;
  /** More of the log is in the own files. */
  stored(position: number): void;
}

export interface HaLogOptions {
  readonly native: NativeLog;
  readonly timers: Timers;
  /** Confirmed for certain before the start. */
  readonly confirmedPosition: number;
  /** Bytes that may be appended and not yet visible before writes are refused. */
  readonly maxPendingBytes: number;
  /** Who does not wait for slaves (WAIT=false) is answered when the own files have it. */
  readonly answersWritten: boolean;
}

/** A native log whose role decides what of it is confirmed. It wraps the log of a lone broker: bytes, files and persists are that one's. */
export class HaLog implements Replicator, RecordLog {
  readonly maxUnitBytes: number;
  readonly native: NativeLog;
  readonly #timers: Timers;
  readonly #maxPendingBytes: number;
  readonly #answersWritten: boolean;
  #listener: ReplicatorListener | undefined;
  #role: LogRole = NO_ROLE;
  #visible: number;
  #safe: number;
  #scheduled = false;
  readonly #endOfTurn = (): void => {
    this.#scheduled = false;
    this.#role.appended();
  };

  constructor({ native, timers, confirmedPosition, maxPendingBytes, answersWritten }: HaLogOptions) {
    this.native = native;
    this.maxUnitBytes = native.maxUnitBytes;
    this.#timers = timers;
    this.#maxPendingBytes = maxPendingBytes;
    this.#answersWritten = answersWritten;
    this.#visible = confirmedPosition;
    this.#safe = confirmedPosition;
    native.setListener({
      confirmed: (_ticket, position) => this.#stored(position),
      written: (ticket) => this.#written(ticket),
      gaveUp: (ticket, outcome) => this.#listener?.gaveUp(ticket, outcome),
      lost: (reason) => this.#listener?.lost(reason),
    });
  }

  setListener(listener: ReplicatorListener): void {
    assert(this.#listener === undefined, 'the log has one listener');
    this.#listener = listener;
  }

  /** The role changed: what it decides of what is here already follows with `settle`. */
  setRole(role: LogRole): void {
    this.#role = role;
  }

  // --- writing -----------------------------------------------------------------------------------------------------

  refusal(): WriteRefusal | undefined {
    const refusal = this.#role.refusal() ?? this.native.refusal();
    if (refusal !== undefined) return refusal;
    const pending = this.native.endPosition - this.#visible;
    return pending > this.#maxPendingBytes ? pendingFull(pending, this.#maxPendingBytes) : undefined;
  }

  reserve(byteLength: number): Reservation {
    return this.native.reserve(byteLength);
  }

  seal(): number {
    const ticket = this.native.seal();
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#timers.endOfTurn(this.#endOfTurn);
    }
    return ticket;
  }

  get confirmedTicket(): number {
    return this.#safe;
  }

  #stored(position: number): void {
    // Who does not wait for slaves comes first: the role may give up what is stored as soon as it is (no slave is there).
    this.#written(position);
    this.settle();
    this.#role.stored(position);
  }

  #written(position: number): void {
    if (this.#answersWritten) this.#listener?.written(position);
  }

  /** Something that the role decides by has changed: asks it, and tells the store. */
  settle(): void {
    const { visible, safe, gaveUp } = this.#role.confirm(this.native.confirmedPosition);
    if (visible > this.#visible || safe > this.#safe) {
      // What consumers saw stays: another role may have been content with less.
      this.#visible = Math.max(this.#visible, visible);
      this.#safe = Math.max(this.#safe, safe);
      this.#listener?.confirmed(this.#safe, this.#visible);
    }
    if (gaveUp !== undefined && gaveUp.position > this.#safe) this.#listener?.gaveUp(gaveUp.position, gaveUp.outcome);
  }

  /** This broker is no master any more: nobody can tell what becomes of what is not confirmed. */
  lost(reason: string): void {
    this.#listener?.lost(reason);
  }

  // --- as a slave --------------------------------------------------------------------------------------------------

  /** A copy of whole records of the master's log; false if they do not fit at that position. */
  append(position: number, source: Buffer, from: number, to: number): boolean {
    return this.native.append(position, source, from, to);
  }

  /** The log, which holds nothing, has been made to begin at `position`. */
  began(position: number): void {
    this.#visible = position;
    this.#safe = position;
  }

  /** Forgets, durably, everything from `position` on, which nobody was shown. */
  cut(position: number, done: (error: DiskError | undefined) => void): void {
    assert(position >= this.#visible, 'what consumers may have seen is never cut');
    this.#safe = Math.min(this.#safe, position);
    this.native.cut(position, done);
  }

  // --- reading -----------------------------------------------------------------------------------------------------

  get minPosition(): number {
    return this.native.minPosition;
  }

  get confirmedPosition(): number {
    return this.#visible;
  }

  /** End of what is in the own files as the flush mode asks. */
  get storedPosition(): number {
    return this.native.confirmedPosition;
  }

  get writtenPosition(): number {
    return this.native.writtenPosition;
  }

  get syncedPosition(): number {
    return this.native.syncedPosition;
  }

  get endPosition(): number {
    return this.native.endPosition;
  }

  view(position: number, size: number): Buffer | undefined {
    return this.native.view(position, size);
  }

  read(position: number, size: number, done: ReadDone): void {
    this.native.read(position, size, done);
  }

  readSync(position: number, size: number): Buffer | undefined {
    return this.native.readSync(position, size);
  }

  scan(from: number, to: number, visit: RecordVisitor): void {
    this.native.scan(from, to, visit);
  }
}

/** Before the first role: nothing is appended, nothing more becomes visible. */
const NO_ROLE: LogRole = {
  refusal: () => ({ status: 'not-ready', text: 'this broker has no role yet; nothing was appended, try again' }),
  confirm: () => ({ visible: 0, safe: 0 }),
  appended: () => {},
  stored: () => {},
};

function pendingFull(pending: number, limit: number): WriteRefusal {
  const text = `flow control: ${pending} bytes are appended and not yet with the slaves that have to have them (limit ${limit}); slow down and try again`;
  return { status: 'pending-full', text };
}
