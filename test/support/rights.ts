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

/** May this process make network namespaces, and run programs in them? Says so loudly where tests that need it are left out. */
export function mayMakeNamespaces(): boolean {
  const name = `lmq-may-${process.pid}`;
  const may = succeeds('ip', 'netns', 'add', name) && succeeds('nsenter', `--net=/run/netns/${name}`, 'true');
  succeeds('ip', 'netns', 'delete', name);
  return may || leftOut('this process may not make network namespaces, or has no ip and nsenter');
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
