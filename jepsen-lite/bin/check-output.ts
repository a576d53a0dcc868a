import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { WrongArguments } from './arguments.ts';

/** Throws WrongArguments unless a file may be written at this path: said before a long run, not behind it. Makes nothing. */
export function checkOutput(option: string, path: string | undefined): void {
  if (path === undefined) return;
  const refuse = (why: string): never => {
    throw new WrongArguments(`--${option} ${path}: ${why}`);
  };
  const there = statIn(path);
  if (there?.isDirectory()) refuse('this is a folder, and a file is needed');
  const folder = dirname(path);
  if (there === undefined && !isFolder(folder)) refuse(`there is no folder ${folder}`);
  if (!mayWrite(there === undefined ? folder : path)) refuse('it may not be written');
}

/** The same for a folder that is made when there is something for it. */
export function checkOutputFolder(option: string, path: string): void {
  let there = path;
  while (statIn(there) === undefined && dirname(there) !== there) there = dirname(there);
  if (!isFolder(there)) throw new WrongArguments(`--${option} ${path}: ${there} is a file, and a folder is needed`);
  if (!mayWrite(there)) throw new WrongArguments(`--${option} ${path}: it may not be written`);
}

/** Undefined also below a file, where nothing can be. */
function statIn(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statIn(path)?.isDirectory() ?? false;
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
