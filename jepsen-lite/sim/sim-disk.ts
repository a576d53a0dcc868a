import type { DirectoryLock, Disk, DiskError, DiskFile } from '../../src/platform/ports.ts';
import { writeAll } from '../../src/platform/write-all.ts';
import type { EventLoop, EventOwner } from './event-loop.ts';
import { type DiskOperation, directoryOf, type SimDiskImage } from './sim-disk-image.ts';
import { SimFile } from './sim-file.ts';

/** A write on its way; a crash of the process may let a part of it reach the file. */
interface PendingWrite {
  readonly file: SimFile;
  readonly bytes: Buffer;
  readonly position: number;
}

/** What one process sees of its machine's disk. */
export class SimDisk implements Disk {
  readonly image: SimDiskImage;
  readonly loop: EventLoop;
  readonly owner: EventOwner;
  readonly pending = new Set<PendingWrite>();
  readonly #locks = new Set<string>();

  constructor(image: SimDiskImage, loop: EventLoop, owner: EventOwner) {
    this.image = image;
    this.loop = loop;
    this.owner = owner;
  }

  open(path: string, options: { create: boolean }): DiskFile {
    this.#assertAlive();
    let file = this.image.files.get(path);
    if (file === undefined) {
      if (!options.create || !this.image.directories.has(directoryOf(path))) throw errnoError('ENOENT', path);
      file = new SimFile();
      this.image.link(path, file);
    }
    return new SimDiskFile(this, path, file);
  }

  exists(path: string): boolean {
    return this.image.files.has(path) || this.image.directories.has(path);
  }

  list(directory: string): string[] {
    const names: string[] = [];
    const start = directory === '/' ? 1 : directory.length + 1;
    for (const paths of [this.image.files.keys(), this.image.directories]) {
      for (const path of paths) {
        if (path.length > start && path.startsWith(directory) && path.lastIndexOf('/') === start - 1)
          names.push(path.slice(start));
      }
    }
    return names.sort();
  }

  readFile(path: string): Buffer | undefined {
    const error = this.image.takeError('read', path);
    if (error !== undefined) throw errnoError(error.code, path);
    return this.image.files.get(path)?.content();
  }

  replaceFile(path: string, content: Uint8Array): void {
    const file = this.open(`${path}.tmp`, { create: true });
    file.truncateSync(0);
    file.writeSync(content, 0);
    file.syncNow();
    file.close();
    this.rename(`${path}.tmp`, path);
    this.syncDirectory(directoryOf(path));
  }

  makeDirectory(path: string): void {
    this.#assertAlive();
    this.image.makeDirectories(path);
  }

  rename(from: string, to: string): void {
    this.#assertAlive();
    if (this.image.directories.has(from)) this.image.renameDirectory(from, to);
    else if (this.image.files.has(from)) this.image.rename(from, to);
    else throw errnoError('ENOENT', from);
  }

  remove(path: string): void {
    this.#assertAlive();
    this.image.unlink(path);
  }

  removeTree(path: string): void {
    this.#assertAlive();
    const isInside = (inside: string): boolean => inside === path || inside.startsWith(`${path}/`);
    for (const inside of [...this.image.files.keys()]) if (isInside(inside)) this.image.unlink(inside);
    for (const inside of [...this.image.directories]) if (isInside(inside)) this.image.directories.delete(inside);
  }

  syncDirectory(path: string): void {
    this.#assertAlive();
    this.image.syncDirectory(path);
  }

  space(): { freeBytes: number; totalBytes: number } {
    const { capacityBytes } = this.image;
    if (capacityBytes === Number.POSITIVE_INFINITY) return { freeBytes: 2 ** 39, totalBytes: 2 ** 40 };
    return {
      freeBytes: Math.max(0, capacityBytes - this.image.allocatedBytes),
      totalBytes: Math.max(1, capacityBytes),
    };
  }

  lock(path: string): DirectoryLock | undefined {
    this.#assertAlive();
    const { locks } = this.image;
    if (locks.has(path)) return undefined;
    locks.add(path);
    this.#locks.add(path);
    return {
      release: () => {
        if (this.#locks.delete(path)) locks.delete(path);
      },
    };
  }

  /** The process dies: of each write on its way nothing, a part, or all reaches the page cache; locks are freed. */
  die(): void {
    const { chance } = this.image;
    for (const { file, bytes, position } of this.pending) {
      const fate = chance.below(3);
      if (fate === 0) continue;
      file.write(fate === 1 ? bytes : bytes.subarray(0, chance.below(bytes.length + 1)), position);
    }
    this.pending.clear();
    for (const path of this.#locks) this.image.locks.delete(path);
    this.#locks.clear();
  }

  #assertAlive(): void {
    if (!this.owner.alive) throw new Error('this process has crashed: its disk is out of reach');
  }
}

class SimDiskFile implements DiskFile {
  readonly path: string;
  readonly #disk: SimDisk;
  readonly #file: SimFile;
  #closed = false;

  constructor(disk: SimDisk, path: string, file: SimFile) {
    this.#disk = disk;
    this.path = path;
    this.#file = file;
  }

  size(): number {
    this.#assertUsable();
    return this.#file.size;
  }

  readSync(target: Uint8Array, position: number): number {
    this.#assertUsable();
    this.#throwPlanned('read');
    return this.#file.read(target, position);
  }

  read(target: Uint8Array, position: number, done: (error: DiskError | undefined, bytesRead: number) => void): void {
    this.#assertUsable();
    const error = this.#disk.image.takeError('read', this.path);
    this.#later(false, () => {
      if (error === undefined) done(undefined, this.#file.read(target, position));
      else done(diskError(error.code, this.path), 0);
    });
  }

  writeSync(source: Uint8Array, position: number): void {
    this.#assertUsable();
    const { error } = this.#write(source, position);
    if (error !== undefined) throw errnoError(error.code, this.path);
  }

  write(
    buffers: readonly Uint8Array[],
    position: number,
    done: (error: DiskError | undefined, written: number) => void,
  ): void {
    this.#assertUsable();
    writeAll(this.path, (rest, at, next) => this.#writeSome(rest, at, next), buffers, position, done);
  }

  /** Like the system call: takes some of the bytes, now and then not all of them. */
  #writeSome(
    buffers: readonly Uint8Array[],
    position: number,
    next: (error: DiskError | undefined, count: number) => void,
  ): void {
    const all = Buffer.concat(buffers);
    const bytes = all.subarray(0, this.#disk.image.takenOf(all.length));
    const pending = { file: this.#file, bytes, position };
    this.#disk.pending.add(pending);
    this.#later(false, () => {
      this.#disk.pending.delete(pending);
      const { error, written } = this.#write(bytes, position);
      // A disk without room first takes what it can.
      next(error?.code === 'ENOSPC' && written > 0 ? undefined : error, written);
    });
  }

  sync(done: (error: DiskError | undefined) => void): void {
    this.#assertUsable();
    const error = this.#disk.image.takeError('sync', this.path);
    const finish = this.#file.beginSync();
    this.#later(true, () => {
      finish(error === undefined);
      if (error !== undefined) this.#disk.image.onSyncFailed(this.path);
      done(error && diskError(error.code, this.path));
    });
  }

  syncNow(): void {
    this.#assertUsable();
    const error = this.#disk.image.takeError('sync', this.path);
    this.#file.beginSync()(error === undefined);
    if (error === undefined) return;
    this.#disk.image.onSyncFailed(this.path);
    throw errnoError(error.code, this.path);
  }

  truncateSync(length: number): void {
    this.#assertUsable();
    this.#file.truncate(length);
  }

  close(): void {
    this.#closed = true;
  }

  /** Writes what planned errors and the space allow: a full disk takes a part first. */
  #write(source: Uint8Array, position: number): { error: DiskError | undefined; written: number } {
    const { image, loop } = this.#disk;
    loop.trace.mix(position, source.length);
    const planned = image.takeError('write', this.path);
    let code = planned?.code;
    let written = code === undefined ? source.length : image.chance.below(source.length + 1);
    if (image.capacityBytes !== Number.POSITIVE_INFINITY) {
      const free = image.capacityBytes - image.allocatedBytes;
      if (this.#file.growthOf(position + written) > Math.max(0, free)) {
        code = 'ENOSPC';
        const end = this.#file.allocatedBytes + Math.max(0, Math.floor(free / 4_096) * 4_096);
        written = Math.max(0, Math.min(written, end - position));
      }
    }
    this.#file.write(source.subarray(0, written), position);
    return { error: code === undefined ? undefined : diskError(code, this.path), written };
  }

  #later(isSync: boolean, run: () => void): void {
    const { image, loop, owner } = this.#disk;
    const { speed, chance } = image;
    const micros = isSync
      ? chance.between(speed.syncLowMicros, speed.syncHighMicros)
      : chance.between(speed.lowMicros, speed.highMicros);
    loop.schedule(micros, owner, run);
  }

  #throwPlanned(operation: DiskOperation): void {
    const error = this.#disk.image.takeError(operation, this.path);
    if (error !== undefined) throw errnoError(error.code, this.path);
  }

  #assertUsable(): void {
    if (!this.#disk.owner.alive) throw new Error('this process has crashed: its disk is out of reach');
    if (this.#closed) throw errnoError('EBADF', this.path);
  }
}

function diskError(code: string, path: string): DiskError {
  return { code, message: `${code}: ${path}` };
}

function errnoError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
