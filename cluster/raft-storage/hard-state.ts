import type { HardState, HardStateStore, PortError } from '../../raft/index.ts';
import { assert } from '../../src/base/assert.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { Disk, DiskError, DiskFile } from '../../src/platform/ports.ts';
import {
  type DecodedSlot,
  decodeSlot,
  doubtReasons,
  encodeSlot,
  type HardStateRecord,
  type SyncedMark,
  slotBytes,
} from './hard-state-codec.ts';
import type { SeenStart } from './hello-check.ts';

/** What stands in the file at a start. `unreadable`: neither slot is valid, or both claim one sequence. `refused`: one sentence, no start. */
export type HardStateRead =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'ok'; readonly record: HardStateRecord; readonly slot: 0 | 1 };

/** Who this member is; a file of someone else refuses the start. */
export interface MemberName {
  readonly memberId: string;
  readonly groupName: string;
}

/** Reads the newer valid slot. Throws the disk's error. */
export function readHardState(disk: Pick<Disk, 'readFile'>, path: string, name: MemberName): HardStateRead {
  const bytes = disk.readFile(path);
  if (bytes === undefined) return { kind: 'absent' };
  const slots = [0, 1].map((slot) => decodeSlot(bytes.subarray(slot * slotBytes, (slot + 1) * slotBytes)));
  const refused = slots.find((slot) => slot.kind === 'refused');
  if (refused?.kind === 'refused') return { kind: 'refused', message: `${path} cannot be used: ${refused.message}` };
  const [first, second] = slots.map(recordOf);
  if (first === undefined && second === undefined) {
    return { kind: 'unreadable', message: `${path} is unreadable: neither of its two slots is intact` };
  }
  if (first !== undefined && second !== undefined && first.sequence === second.sequence) {
    return { kind: 'unreadable', message: `${path} is unreadable: both slots have sequence ${first.sequence}` };
  }
  const slot = first !== undefined && (second === undefined || first.sequence > second.sequence) ? 0 : 1;
  const record = (slot === 0 ? first : second)!;
  for (const key of ['memberId', 'groupName'] as const) {
    if (record[key] === name[key]) continue;
    const setting = key === 'memberId' ? 'dLegerSelfId' : 'dLegerGroup';
    const message = `${path} belongs to ${setting} ${record[key]}, but ${setting} is ${name[key]}: use that member's own store directory`;
    return { kind: 'refused', message };
  }
  return { kind: 'ok', record, slot };
}

function recordOf(slot: DecodedSlot): HardStateRecord | undefined {
  return slot.kind === 'ok' ? slot.record : undefined;
}

/** A record that says nothing yet; of the member's first start. */
export function freshRecord(name: MemberName): HardStateRecord {
  return {
    ...name,
    sequence: 0,
    term: 0,
    vote: '',
    incarnation: 0,
    groupId: '',
    bootId: '',
    inDoubt: false,
    doubtReason: doubtReasons.none,
    cleanStop: false,
    asyncAcks: false,
    syncAcks: false,
    ioError: false,
    firstWrotePosition: 0,
    firstWroteIndex: 1,
    cleanIndex: 0,
    cleanTerm: 0,
    cleanChainCrc: 0,
    peerStarts: new Map(),
    syncedMark: undefined,
    otherExtensions: Buffer.alloc(0),
  };
}

type Done = (error: PortError | undefined) => void;

/**
 * The durable term and vote with their companions, in two slots that are written in turn, each fsynced before `done`. Changes that are made while a slot
 * is being written go out together with the next one. When nothing else is to be written, the other slot gets the same: a slot that rots takes nothing back. After an error
 * every further change fails with the same one.
 */
export class HardStateFile implements HardStateStore {
  readonly #file: DiskFile;
  readonly #record: HardStateRecord;
  readonly #peerStarts: Map<string, SeenStart>;
  #slot: 0 | 1;
  #failure: DiskError | undefined;
  #writing = false;
  /** The other slot holds an older state. */
  #copyDue = false;
  /** What waits is worth a second copy. */
  #worthACopy = false;
  /** The process ends with what is being written. */
  #ending = false;
  /** Callbacks of the write in flight, and of the one to come. */
  #inFlight: Done[] = [];
  #waiting: Done[] = [];
  /** The second copy of a change that is done could not be written, and nothing else was on its way: the process has to stop, as after any failed fsync. */
  onCopyFailed: (error: DiskError) => void = () => {};
  readonly #onWritten = (error: DiskError | undefined): void => {
    if (error !== undefined) this.#finish(error);
    else this.#sync();
  };
  readonly #onSynced = (error: DiskError | undefined): void => this.#finish(error);

  private constructor(file: DiskFile, record: HardStateRecord, slot: 0 | 1) {
    this.#file = file;
    this.#peerStarts = new Map(record.peerStarts);
    this.#record = { ...record, peerStarts: this.#peerStarts };
    this.#slot = slot;
  }

  /**
   * Writes `record`, with the next sequence, fsynced, and goes on from there: the one save of a start, before the first frame to a peer. `lastSlot` is the one
   * that holds the newest record (undefined: a new file). Throws the disk's error.
   */
  static begin(disk: Disk, path: string, record: HardStateRecord, lastSlot: 0 | 1 | undefined): HardStateFile {
    const file = disk.open(path, { create: true });
    const state = new HardStateFile(file, record, lastSlot ?? 1);
    // Both slots take their place on the disk now, so that a full disk cannot refuse a vote later; and of an unreadable file nothing stays that could win again.
    if (lastSlot === undefined || file.size() < 2 * slotBytes) {
      file.writeSync(Buffer.alloc(2 * slotBytes), 0);
      file.syncNow();
    }
    for (let copies = 0; copies < 2; copies++) {
      const slot = state.#nextSlot();
      file.writeSync(slot, state.#slot * slotBytes);
      file.syncNow();
    }
    if (lastSlot === undefined) disk.syncDirectory(path.slice(0, path.lastIndexOf('/')));
    return state;
  }

  /** What was last asked to be written (durable once its `done` came). */
  get record(): Readonly<HardStateRecord> {
    return this.#record;
  }

  save(state: HardState, done: Done): void {
    this.#record.term = state.term;
    this.#record.vote = state.vote;
    // The vote that founds a group and the end of freshness are one save.
    const { emptyStore, founder } = doubtReasons;
    if (!state.fresh && this.#record.doubtReason === emptyStore) this.#record.doubtReason = founder;
    this.#change(done);
  }

  saveDoubt(inDoubt: boolean, done: Done): void {
    this.#record.inDoubt = inDoubt;
    if (!inDoubt) this.#record.doubtReason = doubtReasons.none;
    else if (this.#record.doubtReason === doubtReasons.none) this.#record.doubtReason = doubtReasons.ioError;
    this.#change(done);
  }

  /** Counts this start higher than all that peers have seen: only for a start that found no readable hard state. */
  saveIncarnation(incarnation: number, done: Done): void {
    assert(incarnation > this.#record.incarnation, 'incarnations grow');
    this.#record.incarnation = incarnation;
    this.#change(done);
  }

  /** The group's identity, once entry 1 is committed. */
  saveGroupId(groupId: string, done: Done): void {
    assert(/^[0-9a-f]{32}$/.test(groupId), 'a group id is 32 hex digits');
    this.#record.groupId = groupId;
    this.#change(done);
  }

  /** Acknowledgements are given under this mode from now on: durable before the first of them. */
  saveFlushMode(syncFlush: boolean, done: Done): void {
    if (syncFlush) this.#record.syncAcks = true;
    else this.#record.asyncAcks = true;
    this.#change(done);
  }

  /** Remembers a newer start of a peer. */
  savePeerStart(peer: string, start: SeenStart, done: Done): void {
    this.#peerStarts.set(peer, start);
    this.#change(done);
  }

  /** The log is committed and fsynced up to here: what of it cannot be read at a later start is damaged, and not torn. One copy is enough, the next mark comes soon. */
  saveSyncedMark(mark: SyncedMark, done: Done): void {
    this.#record.syncedMark = mark;
    this.#change(done, false);
  }

  /** A clean stop: the log was fsynced as a whole and ends with this entry. The last change of this process. */
  saveClean(last: { readonly index: number; readonly term: number; readonly chainCrc: number }, done: Done): void {
    this.#ending = true;
    this.#record.cleanStop = true;
    this.#record.cleanIndex = last.index;
    this.#record.cleanTerm = last.term;
    this.#record.cleanChainCrc = last.chainCrc;
    this.#change(done);
  }

  /** An I/O error ends this run: the next start is in doubt, if this can still be written. The last change of this process. */
  saveIoError(done: Done): void {
    this.#ending = true;
    this.#record.ioError = true;
    this.#change(done);
  }

  /** Writes what is known once more: when `done` comes, nothing is on its way to the file. The last change of this process. */
  saveLast(done: Done): void {
    this.#ending = true;
    this.#change(done);
  }

  close(): void {
    this.#ending = true;
    this.#file.close();
  }

  #change(done: Done, worthACopy = true): void {
    if (this.#failure !== undefined) {
      done(this.#failure);
      return;
    }
    this.#waiting.push(done);
    this.#worthACopy ||= worthACopy;
    if (!this.#writing) this.#write();
  }

  /** The next record as bytes; it goes to the other slot. */
  #nextSlot(): Buffer {
    this.#record.sequence++;
    this.#slot = this.#slot === 0 ? 1 : 0;
    return encodeSlot(this.#record);
  }

  #write(): void {
    this.#writing = true;
    this.#copyDue = this.#worthACopy;
    this.#worthACopy = false;
    this.#inFlight = this.#waiting;
    this.#waiting = [];
    try {
      const slot = this.#nextSlot();
      this.#file.write([slot], this.#slot * slotBytes, this.#onWritten);
    } catch (thrown) {
      this.#finish(asDiskError(thrown));
    }
  }

  #sync(): void {
    try {
      this.#file.sync(this.#onSynced);
    } catch (thrown) {
      this.#finish(asDiskError(thrown));
    }
  }

  #finish(error: DiskError | undefined): void {
    this.#writing = false;
    const finished = this.#inFlight;
    this.#inFlight = [];
    if (error !== undefined) {
      this.#failure = error;
      finished.push(...this.#waiting);
      this.#waiting = [];
    }
    for (const done of finished) done(error);
    if (error !== undefined && finished.length === 0) this.onCopyFailed(error);
    if (error !== undefined || this.#writing) return;
    if (this.#waiting.length > 0 || (this.#copyDue && !this.#ending)) this.#write();
  }
}
