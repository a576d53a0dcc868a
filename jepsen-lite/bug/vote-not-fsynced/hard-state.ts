import { HardStateFile as Real } from '../../../cluster/raft-storage/hard-state.ts';
import type { Disk, DiskFile } from '../../../src/platform/ports.ts';

export * from '../../../cluster/raft-storage/hard-state.ts';

export type HardStateFile = Real;

/** Its file says that every fsync succeeded. */
export const HardStateFile = {
  begin(disk: Disk, ...rest: BeginArguments): Real {
    const lax: Pick<Disk, 'open' | 'syncDirectory'> = {
      open: (path, options) => withoutSync(disk.open(path, options)),
      syncDirectory: (path) => disk.syncDirectory(path),
    };
    return Real.begin(lax as Disk, ...rest);
  },
};

type BeginArguments = Parameters<typeof Real.begin> extends [Disk, ...infer Rest] ? Rest : never;

function withoutSync(file: DiskFile): DiskFile {
  return {
    path: file.path,
    size: () => file.size(),
    readSync: (target, position) => file.readSync(target, position),
    read: (target, position, done) => file.read(target, position, done),
    writeSync: (source, position) => file.writeSync(source, position),
    write: (buffers, position, done) => file.write(buffers, position, done),
    sync: (done) => queueMicrotask(() => done(undefined)),
    syncNow: () => {},
    truncateSync: (length) => file.truncateSync(length),
    close: () => file.close(),
  };
}
