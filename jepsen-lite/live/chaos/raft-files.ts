import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type FileView, type LogFile, logFiles } from '../../replica/file-view.ts';
import { FileWindow } from '../../replica/file-window.ts';
import { storedEntries } from '../../replica/stored-entries.ts';

/** The files of this machine. */
export const realFiles: FileView = {
  names: (directory) => (existsSync(directory) ? readdirSync(directory) : []),
  read: (path, from, length) => {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, from));
    } finally {
      closeSync(file);
    }
  },
};

/** One file of a member's log. */
export interface SegmentFile extends LogFile {
  readonly byteLength: number;
}

/** Folder of a member's Raft log: `data/`, `snapshots/`, `hardstate`. */
export function raftDirectoryOf(storeDirectory: string, name: string): string {
  return join(storeDirectory, `dledger-${name}`);
}

/** Files of a log that does not grow, from the first to the last. `directory` is `data` of the Raft log, or `commitlog` of the native store. */
export function segmentFiles(directory: string): SegmentFile[] {
  return logFiles(realFiles, directory).map((file) => ({ ...file, byteLength: statSync(file.path).size }));
}

/** See `storedEntries`. */
export function entriesOf({ path, start }: LogFile) {
  return storedEntries(new FileWindow(realFiles, path), start);
}
