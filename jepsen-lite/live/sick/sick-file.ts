import type { DiskError, DiskFile, Timers } from '../../../src/platform/ports.ts';
import type { SickDisk } from './sick-disk.ts';

type Operation = 'write' | 'sync' | 'read';

/** A file on a sick disk. An operation that is late still comes before the file is closed. */
export class SickFile implements DiskFile {
  readonly #real: DiskFile;
  readonly #disk: SickDisk;
  readonly #timers: Timers;
  #late = 0;
  #closing = false;

  constructor(real: DiskFile, disk: SickDisk, timers: Timers) {
    this.#real = real;
    this.#disk = disk;
    this.#timers = timers;
  }

  get path(): string {
    return this.#real.path;
  }

  size(): number {
    return this.#real.size();
  }

  readSync(target: Uint8Array, position: number): number {
    return this.#real.readSync(target, position);
  }

  read(target: Uint8Array, position: number, done: (error: DiskError | undefined, bytesRead: number) => void): void {
    const failed = this.#takeFailure('read');
    this.#after(this.#disk.ailments.readDelayMs, failed, () => {
      if (failed === undefined) this.#real.read(target, position, done);
      else done(failed, 0);
    });
  }

  writeSync(source: Uint8Array, position: number): void {
    const full = this.#fullError();
    if (full !== undefined) throw Object.assign(new Error(full.message), { code: full.code });
    this.#real.writeSync(source, position);
  }

  write(
    buffers: readonly Uint8Array[],
    position: number,
    done: (error: DiskError | undefined, written: number) => void,
  ): void {
    const failed = this.#takeFailure('write') ?? this.#fullError();
    this.#after(this.#disk.ailments.writeDelayMs, failed, () => {
      if (failed === undefined) this.#real.write(buffers, position, done);
      else done(failed, 0);
    });
  }

  sync(done: (error: DiskError | undefined) => void): void {
    const failed = this.#takeFailure('sync');
    this.#after(this.#disk.ailments.syncDelayMs, failed, () => {
      if (failed === undefined) this.#real.sync(done);
      else done(failed);
    });
  }

  syncNow(): void {
    this.#real.syncNow();
  }

  truncateSync(length: number): void {
    this.#real.truncateSync(length);
  }

  close(): void {
    this.#closing = true;
    if (this.#late === 0) this.#real.close();
  }

  /** Does it now if nothing ails the disk; never within the caller's turn if it is to fail. */
  #after(delayMs: number, failed: DiskError | undefined, run: () => void): void {
    if (delayMs === 0 && failed === undefined) {
      run();
      return;
    }
    this.#late++;
    this.#timers.after(delayMs, () => {
      run();
      this.#late--;
      if (this.#closing && this.#late === 0) this.#real.close();
    });
  }

  #takeFailure(operation: Operation): DiskError | undefined {
    const { failing } = this.#disk;
    if (failing[operation] === 0) return undefined;
    failing[operation]--;
    return diskError('EIO', this.path);
  }

  #fullError(): DiskError | undefined {
    return this.#disk.ailments.diskFull ? diskError('ENOSPC', this.path) : undefined;
  }
}

const TEXTS = { EIO: 'i/o error', ENOSPC: 'no space left on device' } as const;

/** An error as the operating system words it, with the mark that it was injected. */
export function diskError(code: keyof typeof TEXTS, path: string): DiskError {
  return { code, message: `${code}: ${TEXTS[code]} (injected), '${path}'` };
}
