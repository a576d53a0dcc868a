import { statfsSync } from 'node:fs';
import { mkdir, realpath, rename, rm } from 'node:fs/promises';
import { runCommand } from '../run-command.ts';
import type { Undoer } from '../watchdog/watchdog.ts';

/** Far more than a run writes. Only what is written takes memory. */
const WIDE_BYTES = 2 ** 31;
/** A size of 0 would be no limit at all. */
const LEAST_BYTES = 4_096;
/** For what is copied at the end, which may be many files and a slow disk. */
const COPY_MS = 300_000;
/** A member that writes on while the size is set may be in the way. */
const ATTEMPTS = 10;

/** A small file system in memory over one folder, whose size can be changed while it is in use. Needs the right to mount. */
export class Tmpfs {
  readonly path: string;
  readonly #watchdog: Undoer;
  readonly #number: number;
  /** What the faults that are on leave free, of each one. */
  readonly #limits = new Set<{ readonly freeBytes: number }>();
  #resized: Promise<void> = Promise.resolve();

  private constructor(path: string, watchdog: Undoer, number: number) {
    this.path = path;
    this.#watchdog = watchdog;
    this.#number = number;
  }

  /** Mounts one over a folder, which is made; the watchdog unmounts it if the run cannot. Rejects with a sentence if it may not be mounted. */
  static async mount(folder: string, watchdog: Undoer): Promise<Tmpfs> {
    await mkdir(folder, { recursive: true });
    // Without symbolic links, as the kernel lists it, by which it is found when it is unmounted.
    const path = await realpath(folder);
    const number = await watchdog.register({ kind: 'unmount', path });
    await runCommand(['mount', '-t', 'tmpfs', '-o', `size=${WIDE_BYTES},mode=755`, 'ledgermq', path]);
    return new Tmpfs(path, watchdog, number);
  }

  /** So many bytes more can be written from now on; the returned function ends that. Of several limits the narrowest holds. */
  async limit(freeBytes: number): Promise<() => Promise<void>> {
    const limit = { freeBytes };
    this.#limits.add(limit);
    await this.#resize();
    return async () => {
      if (this.#limits.delete(limit)) await this.#resize();
    };
  }

  async widen(): Promise<void> {
    if (this.#limits.size === 0) return;
    this.#limits.clear();
    await this.#resize();
  }

  /** Moves what is on it to the disk below, holes as holes, and unmounts it. Rejects with a sentence where there is no room for it; then it is unmounted, and what was on it gone. */
  async close(): Promise<void> {
    const kept = `${this.path}.kept`;
    await this.#resized;
    try {
      await runCommand(['cp', '-a', '--sparse=always', '--', this.path, kept], COPY_MS);
    } catch (error) {
      await rm(kept, { recursive: true, force: true });
      await this.#watchdog.undo(this.#number);
      throw error;
    }
    await this.#watchdog.undo(this.#number);
    await rm(this.path, { recursive: true });
    await rename(kept, this.path);
  }

  /** One after another: the last one holds. */
  #resize(): Promise<void> {
    this.#resized = this.#resized.then(() => this.#setSize());
    return this.#resized;
  }

  async #setSize(): Promise<void> {
    const free = Math.min(...[...this.#limits].map(({ freeBytes }) => freeBytes));
    for (let attempt = 1; ; attempt++) {
      const size = this.#limits.size === 0 ? WIDE_BYTES : Math.max(LEAST_BYTES, usedBytes(this.path) + free);
      try {
        await runCommand(['mount', '-o', `remount,size=${size}`, this.path]);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }
}

function usedBytes(path: string): number {
  const { bsize, blocks, bfree } = statfsSync(path);
  return bsize * (blocks - bfree);
}
