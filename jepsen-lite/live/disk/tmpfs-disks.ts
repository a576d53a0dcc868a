import { assert } from '../../../src/base/assert.ts';
import type { Undoer } from '../watchdog/watchdog.ts';
import type { FullDisks } from './full-disks.ts';
import { Tmpfs } from './tmpfs.ts';

/** A file system of its own for each member's store: full ones are really full, with short writes and all. */
export class TmpfsDisks implements FullDisks {
  readonly by = "a tmpfs for each member's store, made no larger than what is on it";
  readonly #mounts: ReadonlyMap<string, Tmpfs>;

  private constructor(mounts: ReadonlyMap<string, Tmpfs>) {
    this.#mounts = mounts;
  }

  /** Mounts one over each store, before anything is in it. Rejects with a sentence if it may not; then none is left. */
  static async mount(stores: ReadonlyMap<string, string>, watchdog: Undoer): Promise<TmpfsDisks> {
    const mounts = new Map<string, Tmpfs>();
    try {
      for (const [name, path] of stores) mounts.set(name, await Tmpfs.mount(path, watchdog));
    } catch (error) {
      for (const mount of mounts.values()) await mount.close();
      throw error;
    }
    return new TmpfsDisks(mounts);
  }

  async fill(name: string, freeBytes: number): Promise<() => Promise<void>> {
    const mount = this.#mounts.get(name);
    assert(mount !== undefined, 'every member has a disk');
    return await mount.limit(freeBytes);
  }

  async healAll(): Promise<void> {
    for (const mount of this.#mounts.values()) await mount.widen();
  }

  async close(): Promise<void> {
    for (const mount of this.#mounts.values()) await mount.close();
  }
}
