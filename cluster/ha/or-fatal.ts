import { asDiskError } from '../../src/log/log-error.ts';
import type { DiskError } from '../../src/platform/ports.ts';

/** Changes files; false: the disk failed, `fatal` was told, and the process has to stop before anything else comes of it. */
export function orFatal(fatal: (error: DiskError) => void, change: () => void): boolean {
  try {
    change();
    return true;
  } catch (thrown) {
    fatal(asDiskError(thrown));
    return false;
  }
}
