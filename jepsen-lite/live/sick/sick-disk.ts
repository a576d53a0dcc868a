import type { DirectoryLock, Disk, DiskFile, Timers } from '../../../src/platform/ports.ts';
import { type Ailments, healthy } from './ailments.ts';
import { diskError, SickFile } from './sick-file.ts';

/** A disk that can be slow, full, or fail. What a start reads and writes synchronously is only ever refused for want of room. */
export class SickDisk implements Disk {
  readonly #real: Disk;
  readonly #timers: Timers;
  #ailments = healthy;
  /** Operations that are still to fail. */
  readonly failing = { write: 0, sync: 0, read: 0 };

  constructor(real: Disk, timers: Timers) {
    this.#real = real;
    this.#timers = timers;
  }

  get ailments(): Ailments {
    return this.#ailments;
  }

  set ailments(ailments: Ailments) {
    this.#ailments = ailments;
    this.failing.write = ailments.failingWrites;
    this.failing.sync = ailments.failingSyncs;
    this.failing.read = ailments.failingReads;
  }

  open(path: string, options: { create: boolean }): DiskFile {
    return new SickFile(this.#real.open(path, options), this, this.#timers);
  }

  replaceFile(path: string, content: Uint8Array): void {
    this.#needRoom(path);
    this.#real.replaceFile(path, content);
  }

  makeDirectory(path: string): void {
    if (!this.#real.exists(path)) this.#needRoom(path);
    this.#real.makeDirectory(path);
  }

  space(path: string): { freeBytes: number; totalBytes: number } {
    const space = this.#real.space(path);
    return this.#ailments.diskFull ? { ...space, freeBytes: 0 } : space;
  }

  exists(path: string): boolean {
    return this.#real.exists(path);
  }

  list(directory: string): string[] {
    return this.#real.list(directory);
  }

  readFile(path: string): Buffer | undefined {
    return this.#real.readFile(path);
  }

  rename(from: string, to: string): void {
    this.#real.rename(from, to);
  }

  remove(path: string): void {
    this.#real.remove(path);
  }

  removeTree(path: string): void {
    this.#real.removeTree(path);
  }

  syncDirectory(path: string): void {
    this.#real.syncDirectory(path);
  }

  lock(path: string): DirectoryLock | undefined {
    return this.#real.lock(path);
  }

  #needRoom(path: string): void {
    if (!this.#ailments.diskFull) return;
    const { code, message } = diskError('ENOSPC', path);
    throw Object.assign(new Error(message), { code });
  }
}
