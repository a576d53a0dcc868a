import { readInt64 } from '../../src/base/bytes.ts';
import { segmentName, segmentStartOf } from '../../src/log/segment.ts';
import type { Disk, Logger } from '../../src/platform/ports.ts';
import { entryHeaderBytes, entryIndex, entryPosition, entrySize, entryTerm } from './entry.ts';
import { EntryChain } from './entry-chain.ts';
import { type Snapshot, snapshotHeadBytes } from './snapshot-codec.ts';
import { decodeKnownSnapshot, type SnapshotStore } from './snapshot-store.ts';

/** The entry with which a log begins anew: the first of one of the leader's files. */
export interface BaseEntry {
  readonly bytes: Buffer;
  readonly index: number;
  readonly term: number;
  readonly position: number;
}

/** What a leader sent to a member whose log ends before its own begins, or is damaged there beyond repair: the state after some entry, and the entry with which the log begins anew. */
export interface ReceivedSnapshot {
  readonly snapshot: Snapshot;
  readonly base: BaseEntry;
}

/** Takes apart a snapshot file and the base entry behind it; a text says what is wrong. */
export function decodeReceived(bytes: Buffer, segmentBytes: number): ReceivedSnapshot | string {
  const snapshot = decodeInForce(bytes);
  if (typeof snapshot === 'string') return snapshot;
  const entry = bytes.subarray(readInt64(bytes, SNAPSHOT_LENGTH_AT));
  if (entry.length < entryHeaderBytes || entrySize(entry, 0) !== entry.length) return 'its base entry is not whole';
  const base = {
    bytes: entry,
    index: entryIndex(entry, 0),
    term: entryTerm(entry, 0),
    position: entryPosition(entry, 0),
  };
  const fault = new EntryChain(0, undefined).check(entry, 0, base.position);
  if (fault !== undefined) return `its base entry ${base.index} is damaged: ${fault}`;
  const { header } = snapshot;
  if (header.dataFileSize !== segmentBytes)
    return `its data-file size is ${header.dataFileSize}, the own one ${segmentBytes}`;
  const fits = base.position % segmentBytes === 0 && base.index <= header.index + 1 && base.term <= header.term;
  return fits
    ? { snapshot, base }
    : `its base entry ${base.index} at ${base.position} does not fit to entry ${header.index}`;
}

/** The snapshot alone, whether the base entry is behind it or not. */
function decodeInForce(bytes: Buffer): Snapshot | string {
  if (bytes.length < snapshotHeadBytes) return 'it is too short';
  return decodeKnownSnapshot(bytes.subarray(0, readInt64(bytes, SNAPSHOT_LENGTH_AT)));
}

const SNAPSHOT_LENGTH_AT = 88;

/** `received-N`: the log is to be replaced by it; `pending-N`: it was, and what derives from the log is not known to reflect entry N yet. */
type Stage = 'received' | 'pending';

/**
 * The one snapshot of a leader that a member holds while its log begins anew (raft/FORMATS.md 7). It is durable before anything else changes, so that an
 * end at any moment leaves either the old log, or a start that goes on where the one before ended.
 */
export class ReceivedSnapshots {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #logger: Logger;

  constructor(disk: Disk, directory: string, logger: Logger) {
    this.#disk = disk;
    this.#directory = directory;
    this.#logger = logger;
  }

  #path(stage: Stage, index: number): string {
    return `${this.#directory}/${stage}-${String(index).padStart(20, '0')}`;
  }

  #indexes(stage: Stage): number[] {
    const pattern = new RegExp(`^${stage}-(\\d{20})$`);
    const digits = this.#disk.list(this.#directory).map((name) => pattern.exec(name)?.[1]);
    return digits.filter((text) => text !== undefined).map(Number);
  }

  /** Makes it durable: from now on the log of this member is given up. Blocking; throws the disk's error, and then nothing has changed. */
  keep(bytes: Buffer, index: number): void {
    const path = this.#path('received', index);
    try {
      this.#disk.replaceFile(path, bytes);
    } catch (thrown) {
      // The next one may be of another entry, and would find no room because of this one.
      this.#disk.remove(`${path}.tmp`);
      throw thrown;
    }
  }

  /**
   * At a start, before the log is opened: lets the log begin with the base entry if a snapshot was received; returns the one that is in force, if any. A log that
   * holds that entry keeps all behind it, for it may have been acknowledged. Throws the disk's error.
   */
  takeOver(dataDirectory: string, segmentBytes: number, ownSnapshots: readonly string[]): Snapshot | undefined {
    for (const index of this.#indexes('received').sort((a, b) => b - a)) {
      const received = this.#load('received', index, (bytes) => decodeReceived(bytes, segmentBytes));
      if (received === undefined) continue;
      for (const old of this.#indexes('pending')) this.#disk.remove(this.#path('pending', old));
      if (this.#holds(dataDirectory, received.base)) this.#removeSegments(dataDirectory, received.base.position);
      else {
        for (const path of ownSnapshots) this.#disk.remove(path);
        this.#beginAnew(dataDirectory, segmentBytes, received.base);
      }
      this.#disk.rename(this.#path('received', index), this.#path('pending', index));
      this.#disk.syncDirectory(this.#directory);
      this.#logger.info('The log begins anew behind the snapshot of a leader', {
        index,
        firstIndex: received.base.index,
      });
      break;
    }
    for (const index of this.#indexes('pending')) {
      const pending = this.#load('pending', index, decodeInForce);
      if (pending !== undefined) return pending;
    }
    return undefined;
  }

  /**
   * An own snapshot (of entry `index`, if there is one) becomes the one in force, as if a leader had sent it: what derives from the log has to be built anew from the log's beginning.
   * Blocking; throws the disk's error.
   */
  putOwnInForce(own: SnapshotStore, index: number): void {
    if (!own.list().includes(index)) return;
    for (const other of own.list()) if (other !== index) this.#disk.remove(own.pathOf(other));
    this.#disk.rename(own.pathOf(index), this.#path('pending', index));
    this.#disk.syncDirectory(this.#directory);
  }

  #load<Content>(stage: Stage, index: number, decode: (bytes: Buffer) => Content | string): Content | undefined {
    const path = this.#path(stage, index);
    const received = decode(this.#disk.readFile(path) ?? Buffer.alloc(0));
    if (typeof received !== 'string') return received;
    this.#logger.warn('threw a received snapshot away that cannot be used', { file: path, reason: received });
    this.#disk.remove(path);
    this.#disk.syncDirectory(this.#directory);
    return undefined;
  }

  /** Is the very base entry in the own log? */
  #holds(directory: string, { position, bytes }: BaseEntry): boolean {
    const path = `${directory}/${segmentName(position)}`;
    if (!this.#disk.exists(path)) return false;
    const file = this.#disk.open(path, { create: false });
    const own = Buffer.alloc(bytes.length);
    const length = file.readSync(own, 0);
    file.close();
    return length === bytes.length && own.equals(bytes);
  }

  /** Removes the files that begin before a position, durably. */
  #removeSegments(directory: string, before: number): void {
    for (const name of this.#disk.list(directory)) {
      const start = segmentStartOf(name);
      if (start !== undefined && start < before) this.#disk.remove(`${directory}/${name}`);
    }
    this.#disk.syncDirectory(directory);
  }

  /** None of the old files may come back when the base entry is there: they would be taken for what follows it. */
  #beginAnew(directory: string, segmentBytes: number, base: BaseEntry): void {
    this.#removeSegments(directory, Number.MAX_SAFE_INTEGER);
    const file = this.#disk.open(`${directory}/${segmentName(base.position)}`, { create: true });
    file.truncateSync(segmentBytes);
    file.writeSync(base.bytes, 0);
    file.syncNow();
    file.close();
    this.#disk.syncDirectory(directory);
  }

  /** A snapshot of the own state is durable: the received one is of no use any more. */
  forget(): void {
    const indexes = this.#indexes('pending');
    if (indexes.length === 0) return;
    for (const index of indexes) this.#disk.remove(this.#path('pending', index));
    this.#disk.syncDirectory(this.#directory);
  }
}
