import type { Disk } from '../../src/platform/ports.ts';

const path = (root: string): string => `${root}/ledgermq.boot`;

interface Content {
  /** Boot of the kernel under which this store was last opened; null where that cannot be known. */
  readonly bootId: string | null;
  /** The log may lack what was acknowledged. */
  readonly inDoubt: boolean;
}

/**
 * Whether a log may lack what this broker acknowledged (raft/SAFETY.md 2 and 10): it was not closed, its acknowledgements did not wait for fsyncs, and the page cache of
 * that time may be gone. The doubt is durable before the new boot is, so that a second start does not forget it.
 */
export class DoubtFile {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #bootId: string | null;
  #inDoubt: boolean;

  /** `lost`: acknowledged bytes are gone, or may be: the log had a hole, or was not closed and does not fsync before it acknowledges. */
  constructor(disk: Disk, root: string, bootId: string | undefined, lost: 'no' | 'with-the-boot' | 'certainly') {
    this.#disk = disk;
    this.#root = root;
    this.#bootId = bootId ?? null;
    const before = read(disk, root);
    const sameBoot = this.#bootId !== null && before?.bootId === this.#bootId;
    this.#inDoubt = (before?.inDoubt ?? false) || lost === 'certainly' || (lost === 'with-the-boot' && !sameBoot);
    this.#write();
  }

  get inDoubt(): boolean {
    return this.#inDoubt;
  }

  /** The log is made whole. */
  over(): void {
    if (!this.#inDoubt) return;
    this.#inDoubt = false;
    this.#write();
  }

  #write(): void {
    const content: Content = { bootId: this.#bootId, inDoubt: this.#inDoubt };
    this.#disk.replaceFile(path(this.#root), Buffer.from(JSON.stringify(content)));
  }
}

/** A file that cannot be read tells nothing: a doubt is safe, and ends by itself. */
function read(disk: Disk, root: string): Content | undefined {
  const bytes = disk.readFile(path(root));
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString()) as Content;
  } catch {
    return { bootId: null, inDoubt: true };
  }
}
