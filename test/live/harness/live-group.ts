import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Group } from '../../../cluster/launch/group.ts';
import { type GroupOptions, openGroup, startGroup } from '../../../cluster/launch/start-group.ts';
import { areSound } from '../../../scripts/bench/failover/members.ts';
import { until } from '../../../scripts/bench/failover/until.ts';
import { atEnd, hasFailed, neverOutlive } from './cleanup.ts';

const STOP_MS = 15_000;
const SOUND_MS = 30_000;
/** Shown of each log where a test failed. */
const LOG_LINES = 25;

/** A folder that goes with the test file. `KEEP_LIVE=1` and a failed test keep it for a look. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'ledgermq-live-'));
  atEnd(() => {
    if (hasFailed() || process.env['KEEP_LIVE'] === '1') console.log(`kept ${dir}`);
    else rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

/** Path of a program of the package that the suite built. */
export function program(name: string): string {
  return join(inject('packageRoot'), 'dist', 'bin', `${name}.js`);
}

/** Stops what a launcher recorded in a folder, at the end of the test file. */
export function stopAtEnd(dir: string): void {
  atEnd(async () => {
    const left = openGroup(dir);
    const outcomes = [...((await left?.stopAll(STOP_MS)) ?? [])];
    left?.close();
    const killed = outcomes.filter(([, how]) => how === 'killed').map(([name]) => name);
    if (killed.length > 0) throw new Error(`${killed.join(' and ')} did not end within ${STOP_MS / 1000} s of SIGTERM`);
  });
  neverOutlive(() => {
    const left = openGroup(dir);
    return left?.names.flatMap((name) => left.process(name) ?? []) ?? [];
  });
}

/**
 * Starts a group on free ports in a temporary folder, and waits until all members of a group that elects are sound: right after its foundation it would not survive
 * the loss of one. Whatever becomes of the tests, its processes end with the file.
 */
export async function startLiveGroup(options: Partial<GroupOptions> = {}): Promise<Group> {
  const dir = options.dir ?? temporaryFolder();
  stopAtEnd(dir);
  const programs = { mqnamesrv: program('mqnamesrv'), mqbroker: program('mqbroker') };
  const { group } = await startGroup({ dir, portBase: 0, programs, ...options });
  atEnd(() => group.close());
  atEnd(() => {
    if (!hasFailed()) return;
    for (const name of group.names) console.log(`The end of ${name}'s log:\n${group.folder.logTail(name, LOG_LINES)}`);
  });
  if (group.layout.elects) await until('that all members are ready, and count', SOUND_MS, () => areSound(group.nodes));
  return group;
}
