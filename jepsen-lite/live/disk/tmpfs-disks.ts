import { assert } from '../../../src/base/assert.ts';
import type { Undoer } from '../watchdog/watchdog.ts';
import type { FullDisks } from './full-disks.ts';
import { Tmpfs } from './tmpfs.ts';

/** A file system of its own for each member's store: full ones are really full, with short writes and all. */
export class TmpfsDisks implements FullDisks {
  readonly by = "a tmpfs for each member's store, made no larger than what is on it";
  readonly #mounts: ReadonlyMap<string, Tmpfs>;
  readonly #journal: (line: string) => void;

  private constructor(mounts: ReadonlyMap<string, Tmpfs>, journal: (line: string) => void) {
    this.#mounts = mounts;
    this.#journal = journal;
  }

  /** Mounts one over each store, before anything is in it. Rejects with a sentence if it may not; then none is left. */
  static async mount(
    stores: ReadonlyMap<string, string>,
    watchdog: Undoer,
    journal: (line: string) => void,
  ): Promise<TmpfsDisks> {
    const mounts = new Map<string, Tmpfs>();
    try {
      for (const [name, path] of stores) mounts.set(name, await Tmpfs.mount(path, watchdog));
    } catch (error) {
      for (const mount of mounts.values()) await mount.close();
      throw error;
    }
    return new TmpfsDisks(mounts, journal);
  }

  async fill(name: string, freeBytes: number): Promise<() => Promise<void>> {
    const mount = this.#mounts.get(name);
    assert(mount !== undefined, 'every member has a disk');
    return await mount.limit(freeBytes);
  }

  async healAll(): Promise<void> {
    for (const mount of this.#mounts.values()) await mount.widen();
  }

  /** What finds no room is told in the journal: by then the run was judged, and its report is worth more than the files. */
  async close(): Promise<void> {
    for (const [name, mount] of this.#mounts) {
      await mount
        .close()
        .catch((error: Error) =>
          this.#journal(`the files of ${name} are not kept, because they cannot be copied: ${error.message}`),
        );
    }
  }
}
