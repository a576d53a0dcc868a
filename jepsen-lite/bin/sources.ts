import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Folder of the running program: `dist.sim`, `dist.chaos`. */
export const programFolder = dirname(resolve(process.argv[1] ?? '.'));

/** The root of the repository, beside whose sources the program was built. */
export const root = dirname(programFolder);

/** The worker that belongs to the running program. */
export const workerProgram = join(programFolder, 'worker.js');

/** Hash over all sources that went into the program: two equal ones play the same seed in the same way. */
export function sourcesHash(): string {
  return readFileSync(join(programFolder, '.stamp'), 'utf8').slice(0, 16);
}

/** The commit that is checked out, with a mark if files differ from it. */
export function commitName(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'raft', 'cluster', 'jepsen-lite') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}
