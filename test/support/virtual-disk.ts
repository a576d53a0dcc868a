import { posix } from 'node:path';
import type { DirectoryLock, Disk, DiskError, DiskFile } from '../../src/platform/ports.ts';
import { Halt } from './halt.ts';
import type { DiskOperation, VirtualDiskImage } from './virtual-disk-image.ts';
import { VirtualFile } from './virtual-file.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What one process sees of its machine's disk. Paths are absolute, with `/`. */
export class VirtualDisk implements Disk {
  /** The machine's disk: faults are planted and contents looked at there. */
  readonly image: VirtualDiskImage;
  readonly time: VirtualTime;
  readonly halt: Halt;
  /** Asynchronous writes that were started and are not complete: a process crash may apply a part of them. */
  readonly pendingWrites = new Set<PendingWrite>();
  readonly #alive: () => boolean;
  readonly #held = new Set<string>();

  constructor(image: VirtualDiskImage, time: VirtualTime, alive: () => boolean, halt = new Halt()) {
    this.image = image;
    this.time = time;
    this.#alive = alive;
    this.halt = halt;
  }

  open(path: string, options: { create: boolean }): DiskFile {
    this.assertAlive();
    this.throwPlanned('open', path);
    let file = this.image.files.get(path);
    if (file === undefined) {
      if (!options.create || !this.image.directories.has(posix.dirname(path))) throw errnoError('ENOENT', path);
      file = new VirtualFile();
      this.image.files.set(path, file);
    }
    return new VirtualDiskFile(this, path, file);
  }

  exists(path: string): boolean {
    return this.image.files.has(path) || this.image.directories.has(path);
  }

  list(directory: string): string[] {
    const inside = [...this.image.files.keys(), ...this.image.directories].filter(
      (path) => path !== '/' && posix.dirname(path) === directory,
    );
    return inside.map((path) => posix.basename(path)).sort();
  }

  readFile(path: string): Buffer | undefined {
    this.throwPlanned('read', path);
    return this.image.contentOf(path);
  }

  replaceFile(path: string, content: Uint8Array): void {
    this.assertAlive();
    this.throwPlanned('replace', path);
    const file = this.open(`${path}.tmp`, { create: true });
    file.truncateSync(0);
    file.writeSync(content, 0);
    file.syncNow();
    file.close();
    this.rename(`${path}.tmp`, path);
    this.syncDirectory(posix.dirname(path));
  }

  makeDirectory(path: string): void {
    this.assertAlive();
    for (let up = path; !this.image.directories.has(up); up = posix.dirname(up)) this.image.directories.add(up);
  }

  rename(from: string, to: string): void {
    this.assertAlive();
    if (!this.exists(from)) throw errnoError('ENOENT', from);
    if (this.image.directories.has(from)) {
      this.image.renameDirectory(from, to);
      return;
    }
    this.image.files.set(to, this.image.files.get(from) as VirtualFile);
    this.image.files.delete(from);
  }

  remove(path: string): void {
    this.assertAlive();
    this.image.files.delete(path);
  }

  removeTree(path: string): void {
    this.assertAlive();
    for (const inside of [...this.image.files.keys()]) {
      if (inside === path || inside.startsWith(`${path}/`)) this.image.files.delete(inside);
    }
    for (const inside of [...this.image.directories]) {
      if (inside === path || inside.startsWith(`${path}/`)) this.image.directories.delete(inside);
    }
  }

  syncDirectory(path: string): void {
    this.assertAlive();
    this.image.syncDirectory(path);
  }

  space(): { freeBytes: number; totalBytes: number } {
    const totalBytes = Math.min(this.image.capacityBytes, 2 ** 40);
    return { freeBytes: Math.max(0, totalBytes - this.image.allocatedBytes), totalBytes };
  }

  lock(path: string): DirectoryLock | undefined {
    this.assertAlive();
    if (!this.image.directories.has(path)) throw errnoError('ENOENT', path);
    if (this.image.locks.has(path)) return undefined;
    this.image.locks.add(path);
    this.#held.add(path);
    return {
      release: () => {
        if (this.#held.delete(path)) this.image.locks.delete(path);
      },
    };
  }

  /** Frees what the kernel frees when a process dies. */
  releaseLocks(): void {
    for (const path of this.#held) this.image.locks.delete(path);
    this.#held.clear();
  }

  get alive(): boolean {
    return this.#alive();
  }

  assertAlive(): void {
    if (!this.#alive()) throw new Error('this virtual process has crashed: its disk is out of reach');
  }

  throwPlanned(operation: DiskOperation, path: string): void {
    const fault = this.image.takeFault(operation, path);
    if (fault !== undefined) throw errnoError(fault.code, path);
  }
}

/** An asynchronous write on its way; `apply(byteLength)` puts a prefix of it into the file. */
export interface PendingWrite {
  readonly path: string;
  apply(byteLength: number): void;
}

class VirtualDiskFile implements DiskFile {
  readonly path: string;
  readonly #disk: VirtualDisk;
  readonly #file: VirtualFile;
  #closed = false;

  constructor(disk: VirtualDisk, path: string, file: VirtualFile) {
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
    this.#disk.throwPlanned('read', this.path);
    return this.#file.read(target, position);
  }

  read(target: Uint8Array, position: number, done: (error: DiskError | undefined, bytesRead: number) => void): void {
    this.#assertUsable();
    const fault = this.#disk.image.takeFault('read', this.path);
    this.#later(() => {
      if (fault !== undefined) done(diskError(fault.code, this.path), 0);
      else done(undefined, this.#file.read(target, position));
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
    const pending: PendingWrite = {
      path: this.path,
      apply: (byteLength) => this.#file.write(Buffer.concat(buffers).subarray(0, byteLength), position),
    };
    this.#disk.pendingWrites.add(pending);
    this.#later(() => {
      this.#disk.pendingWrites.delete(pending);
      const { error, written } = this.#write(Buffer.concat(buffers), position);
      done(error, written);
    });
  }

  sync(done: (error: DiskError | undefined) => void): void {
    this.#assertUsable();
    const fault = this.#disk.image.takeFault('sync', this.path);
    const finish = this.#file.beginSync();
    this.#disk.image.syncCount++;
    this.#later(() => {
      if (fault !== undefined) this.#file.poison();
      else finish();
      done(fault && diskError(fault.code, this.path));
    });
  }

  syncNow(): void {
    this.#assertUsable();
    this.#disk.image.syncCount++;
    const fault = this.#disk.image.takeFault('sync', this.path);
    if (fault !== undefined) {
      this.#file.poison();
      throw errnoError(fault.code, this.path);
    }
    this.#file.beginSync()();
  }

  truncateSync(length: number): void {
    this.#assertUsable();
    this.#file.truncate(length);
  }

  close(): void {
    this.#closed = true;
  }

  /** Writes what the space and planted faults allow. */
  #write(source: Uint8Array, position: number): { error: DiskError | undefined; written: number } {
    const { image } = this.#disk;
    image.writeCount++;
    const fault = image.takeFault('write', this.path);
    let written = fault === undefined ? source.length : Math.min(fault.written ?? 0, source.length);
    const fits =
      image.capacityBytes === Number.POSITIVE_INFINITY ||
      image.allocatedBytes + this.#file.growthOf(position, written) <= image.capacityBytes;
    if (!fits) written = this.#writableBytes(position, written, image.capacityBytes - image.allocatedBytes);
    this.#file.write(source.subarray(0, written), position);
    if (fault !== undefined) return { error: diskError(fault.code, this.path), written };
    return { error: fits ? undefined : diskError('ENOSPC', this.path), written };
  }

  #writableBytes(position: number, byteLength: number, freeBytes: number): number {
    let low = 0;
    let high = byteLength;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#file.growthOf(position, middle) <= freeBytes) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #later(run: () => void): void {
    const { time, image } = this.#disk;
    const runIfAlive = () => {
      this.#disk.halt.event(() => this.#disk.alive && run());
    };
    time.schedule(image.latencyMs, () => image.complete(runIfAlive));
  }

  #assertUsable(): void {
    this.#disk.assertAlive();
    if (this.#closed) throw errnoError('EBADF', this.path);
  }
}

function diskError(code: string, path: string): DiskError {
  return { code, message: `${code}: ${path}` };
}

function errnoError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
