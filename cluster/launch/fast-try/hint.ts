import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Programs that a user is told to run: the package's name for each, and the script that starts it from a checkout. */
const scripts = { 'fast-try': 'fast-try.sh', mqadmin: 'mqadmin', mqexample: 'tools.sh' } as const;

/** Where the user and the programs are. */
export interface Place {
  /** The checkout, or the installed package. */
  readonly root: string;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
}

function here(): Place {
  return { root: packageRoot(), workingDirectory: process.cwd(), homeDirectory: homedir() };
}

/** Where a group lives unless the user says otherwise: in a checkout a folder that git ignores; beside an installed package nothing is written. */
export function defaultDir({ root, homeDirectory }: Omit<Place, 'workingDirectory'> = here()): string {
  return isInstalled(root) ? join(homeDirectory, '.ledgermq', 'fast-try') : join(root, '.fast-try');
}

/** A program as the user types it from where they are. */
export function programCommand(program: keyof typeof scripts, { root, workingDirectory }: Place = here()): string {
  if (isInstalled(root)) return `npx ${program}`;
  const script = join(root, 'scripts', scripts[program]);
  const near = relative(workingDirectory, script);
  if (near.startsWith('..')) return shellWord(script);
  return near.includes('/') ? near : `./${near}`;
}

/** A command of fast-try as the user types it, for the group in this folder. */
export function hint(command: string, dir: string, place: Place = here()): string {
  const option = resolve(dir) === defaultDir(place) ? '' : ` --dir ${shellWord(dir)}`;
  return `${programCommand('fast-try', place)} ${command}${option}`;
}

function isInstalled(root: string): boolean {
  return basename(dirname(root)) === 'node_modules';
}

/** A text as one word of a command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
