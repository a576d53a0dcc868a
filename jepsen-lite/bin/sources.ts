import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../cluster/launch/package-root.ts';

/** Folder of the running program: `dist.sim`, `dist.chaos`, `dist/bin`; not that of a link to it. */
export const programFolder = dirname(realpathSync(process.argv[1] ?? '.'));

/** The root of the repository, beside whose sources programs in a folder of their own were built. */
export const root = dirname(programFolder);

/** The worker that belongs to the running program. */
export const workerProgram = join(programFolder, 'worker.js');

/** Hash over programs as they were built, by default all beside the running one, and so over the sources that went into them: two equal workers play a seed in the same way. */
export function programsHash(files = programsBeside()): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function programsBeside(): string[] {
  const names = readdirSync(programFolder).filter((name) => name.endsWith('.js'));
  return names.sort().map((name) => join(programFolder, name));
}

/** The version of the package, in a checkout with its commit. */
export function productVersion(): string {
  const folder = packageRoot();
  const manifest = join(folder, 'package.json');
  const { version } = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string })
    : { version: 'unknown' };
  return existsSync(join(folder, '.git')) ? `${version} (${commitName(folder)})` : version;
}

/** The commit that is checked out, with a mark if files differ from it. */
export function commitName(folder = root): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'raft', 'cluster', 'jepsen-lite') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}
