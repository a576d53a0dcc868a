import { LogWriter as Real } from '../../../src/log/log-writer.ts';
import type { SegmentFiles } from '../../../src/log/segment-files.ts';
import type { Tail } from '../../../src/log/tail.ts';
import type { DiskFile } from '../../../src/platform/ports.ts';

export type { PersistDone } from '../../../src/log/log-writer.ts';

export class LogWriter extends Real {
  constructor(files: SegmentFiles, tail: Tail, end: number, synced: number) {
    super(carefree(files), tail, end, synced);
  }
}

/** The same files, whose fsyncs never fail. */
function carefree(files: SegmentFiles): SegmentFiles {
  return new Proxy(files, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown;
      if (key === 'file') return (start: number) => carefreeFile(target.file(start));
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function carefreeFile(file: DiskFile): DiskFile {
  return new Proxy(file, {
    get(target, key) {
      if (key === 'sync') return (done: (error: undefined) => void) => target.sync(() => done(undefined));
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
