import { posix } from 'node:path';
import type { Chance } from '../../jepsen-lite/sim/chance.ts';
import { type UnsyncedFate, VirtualFile } from './virtual-file.ts';

export type DiskOperation = 'read' | 'write' | 'sync' | 'open' | 'replace';

/** A fault that a test planted; it hits the next operation that matches, and is then used up. */
export interface PlannedFault {
  readonly operation: DiskOperation;
  /** errno name, such as ENOSPC or EIO. */
  readonly code: string;
  /** Only files whose path contains this text. */
  readonly path?: string;
  /** For `write`: that many bytes reach the file before the error (a short write). Default 0. */
  readonly written?: number;
}

/** The disk of one virtual machine; it outlives the processes that use it. */
export class VirtualDiskImage {
  readonly files = new Map<string, VirtualFile>();
  readonly directories = new Set<string>(['/']);
  readonly locks = new Set<string>();
  /** Writes that need pages beyond this end with ENOSPC, after a short write. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** Virtual time of one asynchronous operation. */
  latencyMs = 0.1;
  /** Number of write and sync operations that were started, for tests that count. */
  writeCount = 0;
  syncCount = 0;
  readonly #chance: Chance;
  readonly #durableNames = new Map<string, VirtualFile>();
  readonly #faults: PlannedFault[] = [];
  #held: (() => void)[] | undefined;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  get allocatedBytes(): number {
    let total = 0;
    for (const file of this.files.values()) total += file.allocatedBytes;
    return total;
  }

  /** Plants a fault; several are used in the order of planting. */
  fail(fault: PlannedFault): void {
    this.#faults.push(fault);
  }

  /** Takes the planted fault that hits this operation, if any. */
  takeFault(operation: DiskOperation, path: string): PlannedFault | undefined {
    const at = this.#faults.findIndex((fault) => fault.operation === operation && path.includes(fault.path ?? ''));
    return at < 0 ? undefined : this.#faults.splice(at, 1)[0];
  }

  /** From now on no asynchronous operation completes, as on a stalled disk. */
  hold(): void {
    this.#held ??= [];
  }

  /** Lets the held operations complete, in order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const complete of held) complete();
  }

  /** Runs a completion now, or keeps it while the disk is held. */
  complete(run: () => void): void {
    if (this.#held === undefined) run();
    else this.#held.push(run);
  }

  /** Makes the names in a directory durable. */
  syncDirectory(directory: string): void {
    for (const path of new Set([...this.files.keys(), ...this.#durableNames.keys()])) {
      if (posix.dirname(path) === directory) this.#makeDurable(path, this.files.get(path));
    }
  }

  /** Moves a directory with all in it. Unlike a file's, this change of names is durable at once. */
  renameDirectory(from: string, to: string): void {
    const inside = (path: string) => path === from || path.startsWith(`${from}/`);
    for (const names of [this.files, this.#durableNames]) {
      for (const [path, file] of [...names]) {
        if (!inside(path)) continue;
        names.delete(path);
        names.set(to + path.slice(from.length), file);
      }
    }
    for (const path of [...this.directories]) {
      if (inside(path) && this.directories.delete(path)) this.directories.add(to + path.slice(from.length));
    }
  }

  /** A power failure: what was not synced meets its fate, names of files too. Directories are durable as soon as they are made. */
  crash(fate: UnsyncedFate): void {
    const chance = () => this.#chance.uniform();
    for (const path of new Set([...this.files.keys(), ...this.#durableNames.keys()])) {
      if (fate === 'kept' || (fate === 'random' && chance() < 0.5)) continue;
      const durable = this.#durableNames.get(path);
      if (durable === undefined) this.files.delete(path);
      else this.files.set(path, durable);
    }
    for (const file of new Set(this.files.values())) file.crash(fate, chance);
    this.#durableNames.clear();
    for (const [path, file] of this.files) {
      this.#durableNames.set(path, file);
      this.#makeDirectories(posix.dirname(path));
    }
  }

  /** Flips bits of a file that the program wrote, durably. */
  rot(path: string, position: number, mask = 0xff): void {
    const file = this.files.get(path);
    if (file === undefined) throw new Error(`there is no file ${path} to rot`);
    file.rot(position, mask);
  }

  /** Whole content of a file as programs see it, or undefined. */
  contentOf(path: string): Buffer | undefined {
    const file = this.files.get(path);
    if (file === undefined) return undefined;
    const content = Buffer.alloc(file.size);
    file.read(content, 0);
    return content;
  }

  /** Puts a file there, durably, making its directories. */
  put(path: string, content: Uint8Array): void {
    const file = new VirtualFile();
    file.write(content, 0);
    file.beginSync()();
    this.#makeDirectories(posix.dirname(path));
    this.files.set(path, file);
    this.#makeDurable(path, file);
  }

  #makeDirectories(path: string): void {
    for (let up = path; !this.directories.has(up); up = posix.dirname(up)) this.directories.add(up);
  }

  #makeDurable(path: string, file: VirtualFile | undefined): void {
    if (file === undefined) this.#durableNames.delete(path);
    else this.#durableNames.set(path, file);
  }
}
