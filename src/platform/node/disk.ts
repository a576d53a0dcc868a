import * as fs from 'node:fs';
import { dirname } from 'node:path';
import type { DirectoryLock, Disk, DiskFile } from '../ports.ts';
import { lockDirectory } from './directory-lock.ts';
import { NodeDiskFile } from './disk-file.ts';
import { makeDirectory } from './make-directory.ts';

/** The calls by which names change, so that tests can see their order. */
export type DirectoryCalls = Pick<typeof fs, 'closeSync' | 'fsyncSync' | 'openSync' | 'renameSync' | 'writeSync'>;

/** The file system of this machine. */
export class NodeDisk implements Disk {
  readonly #calls: DirectoryCalls;

  constructor(calls: DirectoryCalls = fs) {
    this.#calls = calls;
  }

  open(path: string, options: { create: boolean }): DiskFile {
    const { O_RDWR, O_CREAT } = fs.constants;
    return new NodeDiskFile(path, fs.openSync(path, options.create ? O_RDWR | O_CREAT : O_RDWR));
  }

  exists(path: string): boolean {
    return fs.existsSync(path);
  }

  list(directory: string): string[] {
    return absentAs([], () => fs.readdirSync(directory).sort());
  }

  readFile(path: string): Buffer | undefined {
    return absentAs(undefined, () => fs.readFileSync(path));
  }

  replaceFile(path: string, content: Uint8Array): void {
    const calls = this.#calls;
    const temporary = `${path}.tmp`;
    const fd = calls.openSync(temporary, 'w');
    try {
      for (let done = 0; done < content.length; ) done += calls.writeSync(fd, content, done, content.length - done);
      calls.fsyncSync(fd);
    } finally {
      calls.closeSync(fd);
    }
    calls.renameSync(temporary, path);
    this.syncDirectory(dirname(path));
  }

  makeDirectory(path: string): void {
    makeDirectory(path, (directory) => this.syncDirectory(dirname(directory)));
  }

  rename(from: string, to: string): void {
    this.#calls.renameSync(from, to);
  }

  remove(path: string): void {
    absentAs(undefined, () => fs.unlinkSync(path));
  }

  removeTree(path: string): void {
    fs.rmSync(path, { recursive: true, force: true });
  }

  syncDirectory(path: string): void {
    const fd = this.#calls.openSync(path, 'r');
    try {
      this.#calls.fsyncSync(fd);
    } finally {
      this.#calls.closeSync(fd);
    }
  }

  space(path: string): { freeBytes: number; totalBytes: number } {
    return spaceOf(fs.statfsSync(path));
  }

  lock(path: string): DirectoryLock | undefined {
    return lockDirectory(path);
  }
}

/** Result of `call`, or `absent` where the file or directory does not exist. */
function absentAs<Result>(absent: Result, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw error;
  }
}

/** As df counts: of the free blocks those for everybody, and with them the used ones. */
export function spaceOf(blocks: Pick<fs.StatsFs, 'bavail' | 'bfree' | 'blocks' | 'bsize'>): ReturnType<Disk['space']> {
  const { bavail, bfree, bsize } = blocks;
  return { freeBytes: bavail * bsize, totalBytes: (blocks.blocks - bfree + bavail) * bsize };
}
