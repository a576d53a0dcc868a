import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Where a group lives unless the user says otherwise: in a checkout a folder that git ignores; beside an installed package nothing is written. */
export function defaultDir(): string {
  const root = packageRoot();
  const installed = basename(dirname(root)) === 'node_modules';
  return installed ? join(homedir(), '.ledgermq', 'fast-try') : join(root, '.fast-try');
}

/** A command as the user types it, for the group in this folder. */
export function hint(command: string, dir: string): string {
  const option = resolve(dir) === defaultDir() ? '' : ` --dir ${dir}`;
  return `scripts/fast-try.sh ${command}${option}`;
}
