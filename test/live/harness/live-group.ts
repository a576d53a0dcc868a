import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import type { Group } from '../../../cluster/launch/group.ts';
import { type GroupOptions, openGroup, startGroup } from '../../../cluster/launch/start-group.ts';

const STOP_MS = 5_000;

/** A folder that goes with the test file. `KEEP_LIVE=1` keeps it for a look. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'ledgermq-live-'));
  afterAll(() => {
    if (process.env['KEEP_LIVE'] === '1') console.log(`kept ${dir}`);
    else rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

/** Path of a program of the package that the suite built. */
export function program(name: string): string {
  return join(inject('packageRoot'), 'dist', 'bin', `${name}.js`);
}

/** Starts a group on free ports in a temporary folder. Whatever becomes of the tests, its processes end with the file. */
export async function startLiveGroup(options: Partial<GroupOptions> = {}): Promise<Group> {
  const dir = options.dir ?? temporaryFolder();
  afterAll(async () => {
    const left = openGroup(dir);
    await left?.stopAll(STOP_MS);
    left?.close();
  });
  const programs = { mqnamesrv: program('mqnamesrv'), mqbroker: program('mqbroker') };
  const { group } = await startGroup({ dir, portBase: 0, programs, ...options });
  afterAll(() => group.close());
  return group;
}
