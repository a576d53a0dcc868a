import { assert } from '../base/assert.ts';
import type { DiskError, DiskFile } from '../platform/ports.ts';
import { asDiskError } from './log-error.ts';
import type { SegmentFiles } from './segment-files.ts';
import type { Tail } from './tail.ts';

/** Outcome of a persist: the position up to which it covered the log (lower than asked if the log was cut meanwhile). */
export type PersistDone = (error: DiskError | undefined, upTo: number) => void;

/**
 * Brings the tail to disk: one persist in flight, in it one gathered write for each segment that it touches, then the fsyncs. A cut
 * of the log becomes durable before anything is written behind it.
 */
export class LogWriter {
  /** Everything below is in the files (page cache). */
  written: number;
  /** Everything below is fsynced. */
  synced: number;
  /** Bytes at or above may never have been handed to the disk; below, old bytes may stand in the files. */
  #issued: number;
  #pendingCut: number | undefined;
  /** The files show a cut, and its fsync is in flight. */
  #cutting = false;
  /** Set by the first error that is final. */
  #failure: DiskError | undefined;
  #busy = false;
  #upTo = 0;
  #cursor = 0;
  #sync = false;
  #done: PersistDone | undefined;
  #allWritten: (() => void) | undefined;
  /** Starts of the segments that were written since their last fsync, ascending. */
  readonly #dirty: number[] = [];
  #syncing = 0;
  /** The sync beside the persists: what it will have covered, the files that it still has to fsync. */
  #sideUpTo = 0;
  #sideStarts: number[] = [];
  #sideDone: PersistDone | undefined;
  /** Asked for while another sync was in flight, which may have begun too early for them. */
  #sideWaiting: PersistDone[] = [];
  readonly #files: SegmentFiles;
  readonly #tail: Tail;
  readonly #onWritten = (error: DiskError | undefined): void => this.#afterWrite(error);
  readonly #onSynced = (error: DiskError | undefined): void => this.#afterSync(error);
  readonly #onCut = (error: DiskError | undefined): void => this.#afterCut(error);

  /** `end` = where the log ends in the files; all of it counts as written, and as fsynced up to `synced`. */
  constructor(files: SegmentFiles, tail: Tail, end: number, synced: number) {
    this.#files = files;
    this.#tail = tail;
    this.written = end;
    this.synced = synced;
    this.#issued = end;
    if (synced < end) this.#markDirty(synced, end);
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** The error after which nothing is written any more. */
  get failure(): DiskError | undefined {
    return this.#failure;
  }

  /** A truncation that the disk does not know yet. */
  get cutPending(): boolean {
    return this.#pendingCut !== undefined || this.#cutting;
  }

  #markDirty(from: number, to: number): void {
    for (let start = this.#files.startOf(from); start < to; start += this.#files.segmentBytes) {
      if (!this.#dirty.includes(start)) this.#dirty.push(start);
    }
  }

  /** Notes that the log was cut at `position`: marks are lowered at once, the files with the next persist. */
  cut(position: number): void {
    if (position < this.#issued) this.#pendingCut = Math.min(this.#pendingCut ?? position, position);
    this.written = Math.min(this.written, position);
    this.synced = Math.min(this.synced, position);
    if (this.#busy) this.#upTo = Math.min(this.#upTo, position);
    this.#sideUpTo = Math.min(this.#sideUpTo, position);
  }

  /** Fsyncs what is written now, beside a persist that may be in flight and after a sync that is. `done` may come within the call. */
  syncWritten(done: PersistDone): void {
    if (this.#sideDone !== undefined) {
      this.#sideWaiting.push(done);
      return;
    }
    if (this.#failure !== undefined) {
      done(this.#failure, this.synced);
      return;
    }
    this.#sideDone = done;
    this.#sideUpTo = this.written;
    this.#sideStarts = this.synced < this.written ? [...this.#dirty] : [];
    this.#sideNext();
  }

  #sideNext(): void {
    const start = this.#sideStarts.shift();
    if (start === undefined) {
      this.synced = Math.max(this.synced, this.#sideUpTo);
      this.#sideFinish(undefined);
    } else if (!this.#files.has(start)) this.#sideNext();
    else {
      try {
        this.#files.file(start).sync((error) => {
          if (error === undefined) this.#sideNext();
          else this.#sideFinish(error);
        });
      } catch (thrown) {
        this.#sideFinish(asDiskError(thrown));
      }
    }
  }

  #sideFinish(error: DiskError | undefined): void {
    const done = this.#sideDone;
    this.#sideDone = undefined;
    if (error !== undefined) this.#failure ??= error;
    done?.(error, this.#sideUpTo);
    const waiting = this.#sideWaiting;
    this.#sideWaiting = [];
    for (const next of waiting) this.syncWritten(next);
  }

  /**
   * Writes the tail up to `end`; with `sync` fsyncs it too, and calls `allWritten` in between. `done` is called within this call if there is nothing to
   * do.
   */
  persist(end: number, sync: boolean, done: PersistDone, allWritten?: () => void): void {
    assert(!this.#busy, 'one persist at a time');
    if (this.#failure !== undefined) {
      done(this.#failure, this.written);
      return;
    }
    this.#busy = true;
    this.#upTo = end;
    this.#cursor = this.written;
    this.#sync = sync;
    this.#done = done;
    this.#allWritten = allWritten;
    if (this.#pendingCut === undefined) this.#writeNext();
    else this.#cutFiles(this.#pendingCut);
  }

  #cutFiles(position: number): void {
    let file: DiskFile | undefined;
    try {
      file = this.#files.zeroFrom(position);
    } catch (thrown) {
      this.#fail(asDiskError(thrown));
      return;
    }
    const start = this.#files.startOf(position);
    for (let i = this.#dirty.length - 1; i >= 0; i--) if (this.#dirty[i]! > start) this.#dirty.splice(i, 1);
    this.#pendingCut = undefined;
    this.#issued = position;
    if (file === undefined) {
      this.#writeNext();
      return;
    }
    this.#cutting = true;
    file.sync(this.#onCut);
  }

  #afterCut(error: DiskError | undefined): void {
    this.#cutting = false;
    if (error === undefined) this.#writeNext();
    else this.#fail(error, true);
  }

  /** Writes what lies in the segment of the cursor; the callback goes on with the next one. */
  #writeNext(): void {
    while (this.#cursor < this.#upTo) {
      const start = this.#files.startOf(this.#cursor);
      const limit = Math.min(this.#upTo, start + this.#files.segmentBytes);
      const views: Buffer[] = [];
      const from = this.#cursor;
      const byteLength = this.#tail.collect(from, limit, views);
      this.#cursor = limit;
      // The unread part of a blank: nothing to write.
      if (byteLength === 0) continue;
      try {
        const file = this.#files.fileForWrite(start);
        if (!this.#dirty.includes(start)) this.#dirty.push(start);
        this.#issued = Math.max(this.#issued, limit);
        file.write(views, from - start, this.#onWritten);
      } catch (thrown) {
        this.#fail(asDiskError(thrown));
      }
      return;
    }
    this.written = Math.max(this.written, this.#upTo);
    this.#tail.release(this.written);
    if (this.#sync) this.#allWritten?.();
    this.#syncing = 0;
    this.#syncNext();
  }

  #afterWrite(error: DiskError | undefined): void {
    if (error === undefined) this.#writeNext();
    else this.#fail(error);
  }

  #syncNext(): void {
    if (!this.#sync) {
      this.#finish(undefined);
      return;
    }
    const start = this.#dirty[this.#syncing];
    if (start === undefined) {
      this.#dirty.length = 0;
      this.synced = Math.max(this.synced, this.#upTo);
      this.#finish(undefined);
      return;
    }
    this.#syncing++;
    if (!this.#files.has(start)) {
      this.#syncNext();
      return;
    }
    try {
      this.#files.file(start).sync(this.#onSynced);
    } catch (thrown) {
      this.#fail(asDiskError(thrown), true);
    }
  }

  #afterSync(error: DiskError | undefined): void {
    if (error === undefined) this.#syncNext();
    else this.#fail(error, true);
  }

  /** Everything but a full disk is final: what the kernel kept of a failed write or fsync is unknown. */
  #fail(error: DiskError, always = false): void {
    if (always || error.code !== 'ENOSPC') this.#failure = error;
    this.#finish(error);
  }

  #finish(error: DiskError | undefined): void {
    const done = this.#done;
    this.#busy = false;
    this.#done = undefined;
    done?.(error, error === undefined ? this.#upTo : this.written);
  }
}
