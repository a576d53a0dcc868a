import type { Clock, DiskError, Logger } from '../platform/ports.ts';
import type { FileHandles } from './file-handles.ts';
import { IndexFile } from './index-file.ts';
import { type IndexGeometry, keyHash, keyHashOfBytes, topicHash } from './index-format.ts';
import { type IndexFound, IndexWalk } from './index-walk.ts';
import { syncFailure } from './queue-flusher.ts';
import { timeName } from './time-name.ts';

export interface MessageIndexOptions extends IndexGeometry {
  /** The `index` folder. */
  readonly directory: string;
  readonly handles: FileHandles;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Done = (error: DiskError | undefined) => void;

const MAX_TOPIC_HASHES = 4096;

/** The index files of a store: positions of messages by `topic#key`. Derived from confirmed records; never the proof that a message has a key. */
export class MessageIndex {
  readonly #options: MessageIndexOptions;
  /** Oldest first. */
  readonly #files: IndexFile[] = [];
  readonly #topicHashes = new Map<string, number>();
  /** The topic that was asked for last, and its hash. */
  #lastTopic = '';
  #lastHash = topicHash('');
  /** Records below are indexed. */
  #nextPosition = 0;
  /** The last record of a file that was not closed cleanly: some of its keys may be missing. */
  #redo = -1;
  #waiting: { sync: boolean; done: Done }[] = [];
  #busy = false;
  #closing = false;
  /** See `QueueFlusher`: after a failed fsync no later one proves anything. */
  #syncFailure: DiskError | undefined;

  constructor(options: MessageIndexOptions) {
    this.#options = options;
  }

  /**
   * Opens the folder; what points at or behind `limit` (the end of the log that is known to be right) is forgotten. Files of another geometry
   * or that are damaged are removed. False if entries below the limit are missing for certain: the records have to be indexed anew
   * (`wants` says which). Throws the disk's error.
   */
  open(limit: number): boolean {
    const { directory, handles, logger } = this.#options;
    let intact = true;
    handles.disk.makeDirectory(directory);
    for (const name of handles.disk.list(directory)) {
      if (!/^\d{17}$/.test(name)) continue;
      const path = `${directory}/${name}`;
      const file = IndexFile.open(handles, this.#options, path);
      const claimed = file?.header.endPosition ?? 0;
      if (file !== undefined && this.#take(file, limit)) {
        if (claimed < limit && file.header.endPosition < claimed) intact = false;
        continue;
      }
      if (file === undefined || (file.header.nextEntry > 1 && file.header.beginPosition < limit)) intact = false;
      logger.info('removed an index file that does not fit to the log or the settings', { path });
      handles.close(path);
      handles.disk.remove(path);
    }
    return intact && this.#files.length > 0;
  }

  #take(file: IndexFile, limit: number): boolean {
    const { header } = file;
    const last = this.#files.at(-1);
    if (header.nextEntry <= 1 || header.beginPosition >= limit) return false;
    if (last !== undefined && header.beginPosition < last.header.endPosition) return false;
    const whole = file.sealed && header.endPosition < limit;
    if (whole) {
      if (!file.full) file.reopen();
    } else if (!file.rebuild(limit)) return false;
    this.#files.push(file);
    // After an unclean end the last record may be there with some of its keys only: it is indexed again.
    this.#nextPosition = header.endPosition + 1;
    this.#redo = whole ? -1 : header.endPosition;
    return true;
  }

  /** One behind the start of the last record that is indexed; 0 if none is. */
  get nextPosition(): number {
    return this.#nextPosition;
  }

  /** Must the record at `position` be indexed? Those below are in already. */
  wants(position: number): boolean {
    return position >= this.#nextPosition || position === this.#redo;
  }

  /** Indexes a record under one key, the UTF-8 text `buffer[from, to)`. Several keys of one record come one after another. */
  put(topic: string, buffer: Buffer, from: number, to: number, position: number, storeTimestamp: number): void {
    const hash = keyHashOfBytes(this.#topicHash(topic), buffer, from, to);
    let file = this.#files.at(-1);
    if (file === undefined || file.full) {
      file = IndexFile.create(this.#options.handles, this.#options, this.#newPath());
      this.#files.push(file);
    }
    file.put(hash, position, storeTimestamp);
  }

  /** All keys of the record at `position` are put. */
  finished(position: number): void {
    this.#nextPosition = Math.max(this.#nextPosition, position + 1);
  }

  #topicHash(topic: string): number {
    if (topic === this.#lastTopic) return this.#lastHash;
    let hash = this.#topicHashes.get(topic);
    if (hash === undefined) {
      hash = topicHash(topic);
      if (this.#topicHashes.size >= MAX_TOPIC_HASHES) this.#topicHashes.clear();
      this.#topicHashes.set(topic, hash);
    }
    this.#lastTopic = topic;
    this.#lastHash = hash;
    return hash;
  }

  /** Named after the time of its making, and always behind the file before it. */
  #newPath(): string {
    const { directory, clock } = this.#options;
    const name = timeName(clock.nowMs());
    const last = this.#files.at(-1)?.path.slice(-17) ?? '';
    return `${directory}/${name > last ? name : String(BigInt(last) + 1n).padStart(17, '0')}`;
  }

  /** Writes what is in memory, with `sync` fsynced. What comes meanwhile is written by the next call. */
  flush(sync: boolean, done: Done): void {
    this.#waiting.push({ sync, done });
    if (!this.#busy) this.#begin();
  }

  #begin(): void {
    const waiters = this.#waiting;
    this.#waiting = [];
    this.#busy = true;
    const sync = waiters.some((waiter) => waiter.sync);
    const files = this.#files.filter(
      (file) => file.dirty || (sync && file.unsynced) || (!file.sealed && (file.full || this.#closing)),
    );
    this.#flushFile(files, 0, sync, (error) => {
      this.#busy = false;
      const outcome = (sync ? this.#syncFailure : undefined) ?? error;
      for (const waiter of waiters) waiter.done(outcome);
      if (this.#waiting.length > 0 && !this.#busy) this.#begin();
    });
  }

  #flushFile(files: readonly IndexFile[], index: number, sync: boolean, done: Done): void {
    const file = files[index];
    if (file === undefined) {
      done(undefined);
      return;
    }
    const next = (error: DiskError | undefined): void => {
      if (error === undefined) this.#flushFile(files, index + 1, sync, done);
      else done(error);
    };
    const synced = (error: DiskError | undefined): void => {
      if (error !== undefined) this.#syncFailure ??= syncFailure(error);
      next(this.#syncFailure);
    };
    const written = (error: DiskError | undefined): void => {
      if (error === undefined && sync) file.sync(synced);
      else next(error);
    };
    if (file.full || this.#closing) file.seal(written);
    else file.flush(written);
  }

  /** Writes everything so that the files are complete for any reader of the format. */
  close(done: Done): void {
    this.#closing = true;
    this.flush(true, done);
  }

  /** Closes the files without writing. */
  closeFiles(): void {
    this.#options.handles.closeAll();
  }

  /**
   * Walks the entries of a key, newest first, whose store time may lie within [beginMs, endMs] (the index counts in seconds), and calls `found` with
   * each position until it returns false; then `done`. Entries of other keys with the same hash come along: the caller looks at the record.
   */
  query(topic: string, key: string, beginMs: number, endMs: number, found: IndexFound, done: Done): void {
    const hash = keyHash(topicHash(topic), key);
    new IndexWalk({ files: this.#files.slice(), hash, beginMs, endMs, found, done }).run();
  }

  /** The log now begins at `minPosition`: files with nothing behind it go. Throws the disk's error. */
  trim(minPosition: number): void {
    while (this.#files.length > 1 && this.#files[0]!.header.endPosition < minPosition && this.#files[0]!.sealed) {
      const file = this.#files.shift()!;
      file.remove();
      this.#options.logger.info('Removed an index file whose messages are gone', { path: file.path });
    }
  }

  /** Removes all files. Throws the disk's error. */
  wipe(): void {
    for (const file of this.#files.splice(0)) file.remove();
    this.#nextPosition = 0;
  }

  /** Store time of the last entry in the files that are complete for any reader of the format, and of the first entry behind them; undefined: none. */
  get completeness(): { readonly completeMs: number; readonly openMs: number | undefined } {
    const open = this.#files.findIndex((file) => !file.sealed);
    const complete = open < 0 ? this.#files.at(-1) : this.#files[open - 1];
    return { completeMs: complete?.header.endTimestamp ?? 0, openMs: this.#files[open]?.header.beginTimestamp };
  }

  get fileCount(): number {
    return this.#files.length;
  }
}
