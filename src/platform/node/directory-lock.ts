import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { tryLock } from 'fs-native-extensions';
import type { DirectoryLock } from '../ports.ts';

interface NativeLock {
  readonly tryLock: typeof tryLock;
}

/** Loads the native part on first use only: programs that lock nothing start without it. */
function loadNativeLock(): NativeLock {
  return createRequire(import.meta.url)('fs-native-extensions') as NativeLock;
}

/**
 * Locks a store directory by a kernel lock on the file `lock` in it, the file that RocketMQ locks too: it dies with the process, and a
 * Java broker on the same directory is refused as well. The file stays behind. `load` is replaced in tests.
 */
export function lockDirectory(directory: string, load: () => NativeLock = loadNativeLock): DirectoryLock | undefined {
  const { tryLock } = loadOrExplain(directory, load);
  let fd: number | undefined = openSync(join(directory, 'lock'), 'a+');
  let locked = false;
  try {
    locked = tryLock(fd);
  } finally {
    if (!locked) closeSync(fd);
  }
  if (!locked) return undefined;
  return {
    release: () => {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function loadOrExplain(directory: string, load: () => NativeLock): NativeLock {
  try {
    return load();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new Error(
      `${directory} cannot be locked against a second process, so nothing is started on it: the package fs-native-extensions does not load ` +
        `on this machine (${reason}). Install the dependencies again, on Linux or macOS, x64 or arm64.`,
      { cause: error },
    );
  }
}
