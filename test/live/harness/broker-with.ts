import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlantedBug } from '../../../jepsen-lite/bug/planted-bug.ts';
import { atEnd } from './cleanup.ts';
import { program } from './live-group.ts';

/** As a drill knows it. */
const BROKER = 'drill-broker';
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A folder inside the repository, so that packages are found, which goes with the test file. */
function folderForBug(): string {
  const folder = mkdtempSync(join(root, 'dist.live-bug-'));
  atEnd(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Builds the broker with a mistake in the place of what it replaces; returns the program. */
export function brokerWith({ name, replaces }: PlantedBug): string {
  const out = join(folderForBug(), 'out');
  const mistake = `${replaces}=jepsen-lite/bug/${name}/${basename(replaces)}`;
  const args = [
    '--quiet',
    '--out',
    out,
    '--program',
    `${BROKER}=jepsen-lite/bin/chaos-broker.ts`,
    '--replace',
    mistake,
  ];
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), ...args], { stdio: 'inherit' });
  return join(out, `${BROKER}.js`);
}

/** The program `drill` of a package whose brokers have that mistake. */
export function drillWith(bug: PlantedBug): string {
  const copy = folderForBug();
  const drill = program('drill');
  cpSync(join(dirname(drill), '../..'), copy, { recursive: true });
  cpSync(dirname(brokerWith(bug)), join(copy, 'dist/bin'), { recursive: true });
  return join(copy, 'dist/bin/drill.js');
}
