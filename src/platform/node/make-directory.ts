import fs from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory and those above it; one that is there is fine. `made` hears of each that was made, the highest first. Throws the system's error.
 * (Node's own `recursive` never returns where the kernel takes no directory and says ENOENT, as below /proc.)
 */
export function makeDirectory(path: string, made: (directory: string) => void = () => {}): void {
  const directory = resolve(path);
  const parent = dirname(directory);
  if (!fs.existsSync(parent)) makeDirectory(parent, made);
  try {
    fs.mkdirSync(directory);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && fs.statSync(directory).isDirectory();
    if (isThere) return;
    throw error;
  }
  made(directory);
}
