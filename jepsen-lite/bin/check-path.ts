import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WrongArguments } from './arguments.ts';

/** Throws WrongArguments unless the file of an option can be written; leaves all as it is. */
export function checkFile(option: string, path: string | undefined): void {
  if (path === undefined) return;
  const wasThere = existsSync(path);
  orWrong(option, path, () => closeSync(openSync(path, 'a')));
  if (!wasThere) rmSync(path);
}

/** Makes the folder of an option, unless it is there. Throws WrongArguments where that cannot be, or nothing can be put into it. */
export function makeFolder(option: string, path: string): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  orWrong(option, path, () => {
    // One by one: in /proc a recursive mkdir never ends.
    for (const folder of missing) mkdirSync(folder);
  });
  if (!statSync(path).isDirectory()) throw new WrongArguments(`--${option} ${path}: this is no folder`);
  orWrong(option, path, () => accessSync(path, constants.W_OK | constants.X_OK));
}

function orWrong(option: string, path: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw new WrongArguments(`--${option} ${path}: it cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
