import type { Disk } from '../platform/ports.ts';

const path = (root: string): string => `${root}/ledgermq.diskerror`;

/** The error that is to be noted may not have been the only one. */
const ATTEMPTS = 3;

/**
 * Remembers over the end of the process that an fsync may have failed: the kernel may take pages for clean that never reached the disk, so that the next start has to
 * write them anew (raft/SAFETY.md 3).
 */
export class FailureMark {
  readonly #disk: Disk;
  readonly #root: string;

  constructor(disk: Disk, root: string) {
    this.#disk = disk;
    this.#root = root;
  }

  /** The last run, or one before that did not get as far as `forget`, ended with an error of the disk. */
  get isSet(): boolean {
    return this.#disk.exists(path(this.#root));
  }

  /** Blocking. False: the disk does not even take this. */
  set(): boolean {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (this.#write()) return true;
    return false;
  }

  #write(): boolean {
    try {
      this.#disk.replaceFile(path(this.#root), Buffer.alloc(0));
      return true;
    } catch {
      return false;
    }
  }

  /** Everything that was in doubt is written anew and fsynced. Throws the disk's error. */
  forget(): void {
    if (!this.isSet) return;
    this.#disk.remove(path(this.#root));
    this.#disk.syncDirectory(this.#root);
  }
}
