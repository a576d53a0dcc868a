import type { Disk, DiskFile } from '../platform/ports.ts';

/** Open files by path, the least recently used closed first: descriptors are few, and there may be thousands of queues. */
export class FileHandles {
  readonly disk: Disk;
  readonly #maxOpen: number;
  /** In the order of use, the latest last. */
  readonly #open = new Map<string, DiskFile>();

  constructor(disk: Disk, maxOpen: number) {
    this.disk = disk;
    this.#maxOpen = maxOpen;
  }

  /** The open file; use it in this turn only. With `createBytes` a missing file is made with that (sparse) length. Throws the disk's error. */
  use(path: string, createBytes?: number): DiskFile {
    let file = this.#open.get(path);
    if (file !== undefined) {
      this.#open.delete(path);
    } else {
      file = this.disk.open(path, { create: createBytes !== undefined });
      if (createBytes !== undefined && file.size() < createBytes) file.truncateSync(createBytes);
      this.#makeRoom();
    }
    this.#open.set(path, file);
    return file;
  }

  /** Operations in flight on an evicted file finish first: that is the contract of `DiskFile.close`. */
  #makeRoom(): void {
    while (this.#open.size >= this.#maxOpen) {
      for (const [path] of this.#open) {
        this.close(path);
        break;
      }
    }
  }

  close(path: string): void {
    this.#open.get(path)?.close();
    this.#open.delete(path);
  }

  closeAll(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }

  get openFiles(): number {
    return this.#open.size;
  }
}
