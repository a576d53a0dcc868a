import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import type { PlantedBug } from '../bug/planted-bug.ts';
import { root } from './sources.ts';

/** Bundles an entry with the bug in the place of what it replaces, into a folder of its own below `folder`; returns the program. */
export function buildWithBug({ name, replaces }: PlantedBug, folder: string, entry: string): string {
  const out = join(root, folder, name);
  const mistake = `jepsen-lite/bug/${name}/${basename(replaces)}`;
  const program = basename(entry, '.ts');
  const args = ['--quiet', '--out', out, '--program', `${program}=${entry}`, '--replace', `${replaces}=${mistake}`];
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), ...args], { stdio: 'inherit' });
  return join(out, `${program}.js`);
}
