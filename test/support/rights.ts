import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** May this process mount file systems? Says so loudly where tests that need it are left out. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'may-mount-'));
  const may = succeeds('mount', '-t', 'tmpfs', 'ledgermq', folder) && succeeds('umount', folder);
  rmdirSync(folder);
  return may || leftOut('this process may not mount file systems');
}

function succeeds(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function leftOut(why: string): false {
  console.warn(`TESTS ARE LEFT OUT: ${why}.`);
  return false;
}
