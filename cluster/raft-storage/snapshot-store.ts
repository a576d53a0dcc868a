import { assert } from '../../src/base/assert.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import type { Disk, DiskError, DiskFile, Logger } from '../../src/platform/ports.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot, sectionTypes } from './snapshot-codec.ts';

/** Snapshots that are kept: the newest, and one to fall back on. */
const keptSnapshots = 2;

const knownSections: ReadonlyMap<number, number> = new Map(Object.values(sectionTypes).map((type) => [type, 1]));

/** Reads a whole file with the sections that this software knows; a text says why it cannot be used. */
export function decodeKnownSnapshot(bytes: Buffer): Snapshot | string {
  return decodeSnapshot(bytes, knownSections);
}

export type SnapshotDone = (error: DiskError | undefined) => void;

/** The snapshot files of one member, in a directory of their own. */
export class SnapshotStore {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #logger: Logger;
  #writing = false;

  constructor(disk: Disk, directory: string, logger: Logger) {
    this.#disk = disk;
    this.#directory = directory;
    this.#logger = logger;
  }

  pathOf(index: number): string {
    return `${this.#directory}/snapshot-${String(index).padStart(20, '0')}`;
  }

  /** Indexes of the files that are there, newest first; nothing is said about their contents. */
  list(): number[] {
    const names = this.#disk.list(this.#directory).map((name) => /^snapshot-(\d{20})$/.exec(name)?.[1]);
    const indexes = names.filter((digits) => digits !== undefined).map(Number);
    return indexes.sort((a, b) => b - a);
  }

  /** Reads and checks one; a text says why it cannot be used. Throws the disk's error. */
  load(index: number): Snapshot | string {
    const path = this.pathOf(index);
    const bytes = this.#disk.readFile(path);
    if (bytes === undefined) return `${path} does not exist`;
    const snapshot = decodeKnownSnapshot(bytes);
    if (typeof snapshot === 'string') return `${path} cannot be used: ${snapshot}`;
    return snapshot.header.index === index ? snapshot : `${path} holds the snapshot of entry ${snapshot.header.index}`;
  }

  /** All that can be used, newest first; the others are logged and left where they are. Throws the disk's error. */
  loadAll(): Snapshot[] {
    const result: Snapshot[] = [];
    for (const index of this.list()) {
      const snapshot = this.load(index);
      if (typeof snapshot !== 'string') result.push(snapshot);
      else this.#logger.warn('a snapshot cannot be used', { reason: snapshot });
    }
    return result;
  }

  /** Throws a snapshot away that the log contradicts (ahead of it, or of another history). */
  discard(index: number): void {
    this.#logger.warn('threw a snapshot away that the log does not confirm', { file: this.pathOf(index) });
    this.#disk.remove(this.pathOf(index));
    this.#disk.syncDirectory(this.#directory);
  }

  /** A snapshot is being written. */
  get writing(): boolean {
    return this.#writing;
  }

  /**
   * Makes a snapshot durable: fsyncs the log up to its entry, writes aside, fsyncs, renames; then removes all but the newest two. One at a time; contents
   * must stay unchanged until `done`, which may come within the call with an error, and then nothing is left of it: a full disk has no room for that. The header's entry must be written already.
   */
  write(log: SegmentedLog, snapshot: Snapshot, done: SnapshotDone): void {
    assert(!this.#writing, 'one snapshot at a time');
    assert(log.writtenPosition >= snapshot.header.endPosition, 'the entry of a snapshot is in the files');
    this.#writing = true;
    const finish: SnapshotDone = (error) => {
      this.#writing = false;
      if (error?.code === 'ENOSPC') this.#disk.remove(`${this.pathOf(snapshot.header.index)}.tmp`);
      done(error);
    };
    log.syncWritten((error, upTo) => {
      if (error !== undefined) finish(error);
      else if (upTo < snapshot.header.endPosition)
        finish({ code: 'ECANCELED', message: 'the log was cut below the snapshot' });
      else this.#writeAside(snapshot, finish);
    });
  }

  #writeAside(snapshot: Snapshot, done: SnapshotDone): void {
    const path = this.pathOf(snapshot.header.index);
    const guarded = (step: () => void): void => {
      try {
        step();
      } catch (thrown) {
        done(asDiskError(thrown));
      }
    };
    guarded(() => {
      this.#disk.makeDirectory(this.#directory);
      const file = this.#disk.open(`${path}.tmp`, { create: true });
      const close = (error: DiskError | undefined, next: () => void): void => {
        if (error === undefined) {
          guarded(next);
          return;
        }
        file.close();
        done(error);
      };
      file.truncateSync(0);
      file.write(encodeSnapshot(snapshot), 0, (writeError) => {
        close(writeError, () => file.sync((syncError) => close(syncError, () => this.#publish(file, path, done))));
      });
    });
  }

  #publish(file: DiskFile, path: string, done: SnapshotDone): void {
    file.close();
    this.#disk.rename(`${path}.tmp`, path);
    this.#disk.syncDirectory(this.#directory);
    for (const old of this.list().slice(keptSnapshots)) this.#disk.remove(this.pathOf(old));
    done(undefined);
  }
}
