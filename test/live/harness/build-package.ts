import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A package like the installed one: `conf/` and `dist/bin/`. */
    packageRoot: string;
  }
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ENTRIES = [
  ...['fast-try', 'mqbroker', 'mqcontroller', 'mqnamesrv', 'mqshutdown'].map((name) => `cluster/bin/${name}.ts`),
  'src/admin/bin/mqadmin.ts',
  ...['chaos', 'chaos-broker', 'chaos-namesrv', 'drill', 'watchdog'].map((name) => `jepsen-lite/bin/${name}.ts`),
];
/** Programs that a drill knows by other names (scripts/build.mjs). */
const OTHER_NAMES = [
  'drill-broker=jepsen-lite/bin/chaos-broker.ts',
  'drill-namesrv=jepsen-lite/bin/chaos-namesrv.ts',
  'drill-watchdog=jepsen-lite/bin/watchdog.ts',
];

/**
 * Builds the programs once for all files, into a package of their own, so that nobody else's build changes them under way. It stands inside the
 * repository, so that packages are found, under a name that git ignores.
 */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(root, 'dist.live-'));
  const named = [...ENTRIES.map((entry) => `${basename(entry, '.ts')}=${entry}`), ...OTHER_NAMES];
  const programs = named.flatMap((each) => ['--program', each]);
  const args = [join(root, 'scripts/build.mjs'), '--out', join(folder, 'dist/bin'), ...programs];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 120_000 });
  cpSync(join(root, 'conf'), join(folder, 'conf'), { recursive: true });
  project.provide('packageRoot', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
