import * as fs from 'node:fs';
import { assert } from '../../base/assert.ts';
import type { DiskError, DiskFile } from '../ports.ts';
import { writeAll } from '../write-all.ts';

/** The system calls of an open file, so that tests can make them fall short. */
export type FileCalls = Pick<
  typeof fs,
  'closeSync' | 'fdatasync' | 'fdatasyncSync' | 'fstatSync' | 'ftruncateSync' | 'read' | 'readSync' | 'writeSync'
> & { writev: WriteVector };

/** The one form of `fs.writev` that is used. */
type WriteVector = (
  fd: number,
  buffers: readonly Uint8Array[],
  position: number,
  done: (error: NodeJS.ErrnoException | null, bytesWritten: number) => void,
) => void;

/** A file opened through `node:fs`; asynchronous calls run in libuv's pool. */
export class NodeDiskFile implements DiskFile {
  readonly path: string;
  readonly #fd: number;
  readonly #calls: FileCalls;
  /** Asynchronous operations on their way: the descriptor is closed behind the last one. */
  #pending = 0;
  #closed = false;

  constructor(path: string, fd: number, calls: FileCalls = fs) {
    this.path = path;
    this.#fd = fd;
    this.#calls = calls;
  }

  size(): number {
    return this.#calls.fstatSync(this.#open()).size;
  }

  readSync(target: Uint8Array, position: number): number {
    const fd = this.#open();
    let done = 0;
    while (done < target.length) {
      const count = this.#calls.readSync(fd, target, done, target.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  read(target: Uint8Array, position: number, done: (error: DiskError | undefined, bytesRead: number) => void): void {
    const fd = this.#begin();
    let total = 0;
    const readOn = () => this.#calls.read(fd, target, total, target.length - total, position + total, next);
    const next = (error: NodeJS.ErrnoException | null, count: number) => {
      total += count > 0 ? count : 0;
      if (error === null && count > 0 && total < target.length) {
        readOn();
        return;
      }
      this.#end();
      done(error === null ? undefined : toDiskError(error), total);
    };
    readOn();
  }

  writeSync(source: Uint8Array, position: number): void {
    const fd = this.#open();
    for (let done = 0; done < source.length; ) {
      const count = this.#calls.writeSync(fd, source, done, source.length - done, position + done);
      if (count === 0) throw noProgress(this.path);
      done += count;
    }
  }

  write(
    buffers: readonly Uint8Array[],
    position: number,
    done: (error: DiskError | undefined, written: number) => void,
  ): void {
    const fd = this.#begin();
    const finish = (error: DiskError | undefined, written: number): void => {
      this.#end();
      done(error, written);
    };
    if (buffers.every(({ length }) => length === 0)) queueMicrotask(() => finish(undefined, 0));
    else writeAll(this.path, (rest, at, next) => this.#writeSome(fd, rest, at, next), buffers, position, finish);
  }

  #writeSome(
    fd: number,
    buffers: readonly Uint8Array[],
    position: number,
    next: (error: DiskError | undefined, count: number) => void,
  ): void {
    this.#calls.writev(fd, buffers, position, (error, count) => {
      if (error === null) next(undefined, count);
      else next(toDiskError(error), 0);
    });
  }

  sync(done: (error: DiskError | undefined) => void): void {
    this.#calls.fdatasync(this.#begin(), (error) => {
      this.#end();
      done(error === null ? undefined : toDiskError(error));
    });
  }

  syncNow(): void {
    this.#calls.fdatasyncSync(this.#open());
  }

  truncateSync(length: number): void {
    this.#calls.ftruncateSync(this.#open(), length);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pending === 0) this.#calls.closeSync(this.#fd);
  }

  #open(): number {
    assert(!this.#closed, 'a disk file was used after close');
    return this.#fd;
  }

  #begin(): number {
    const fd = this.#open();
    this.#pending++;
    return fd;
  }

  #end(): void {
    this.#pending--;
    if (this.#closed && this.#pending === 0) this.#calls.closeSync(this.#fd);
  }
}

function noProgress(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`EIO: ${path} takes no more bytes and gives no error`), { code: 'EIO' });
}

function toDiskError(error: NodeJS.ErrnoException): DiskError {
  return { code: error.code ?? 'EIO', message: error.message };
}
