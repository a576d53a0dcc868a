import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { sendFirstMessages } from '../../../cluster/launch/fast-try/first-messages.ts';
import { openGroup, startGroup } from '../../../cluster/launch/start-group.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Inside the repository, so that packages are found, under a name that git ignores. */
const bin = mkdtempSync(join(root, 'dist.test-'));
const dir = mkdtempSync(join(tmpdir(), 'ledgermq-real-'));
afterAll(async () => {
  const group = openGroup(dir);
  await group?.stopAll(2_000);
  group?.close();
  for (const folder of [bin, dir]) rmSync(folder, { recursive: true, force: true });
});

function buildPrograms() {
  const names = ['mqnamesrv', 'mqbroker'];
  const args = names.flatMap((name) => ['--program', `${name}=cluster/bin/${name}.ts`]);
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--out', bin, ...args], { stdio: 'pipe' });
  return { mqnamesrv: join(bin, 'mqnamesrv.js'), mqbroker: join(bin, 'mqbroker.js') };
}

// The only test of the default run with real programs, so it goes once through everything that users do first.
test('three real brokers elect a leader, keep messages, survive its death, and end when told', {
  timeout: 60_000,
}, async () => {
  const { group, leader } = await startGroup({ dir, portBase: 0, programs: buildPrograms() });
  expect(group.running()).toEqual(['namesrv', 'n0', 'n1', 'n2']);
  const { platform, nameServer } = group;
  const options = { platform, nameServer, count: 100, signal: new AbortController().signal, onConsumed: () => {} };
  expect((await sendFirstMessages(options)).consumed).toBe(100);

  await group.kill(leader.name);
  const next = await group.waitForLeader(20_000);
  expect(next).toBeDefined();
  expect(next?.name).not.toBe(leader.name);
  expect((await sendFirstMessages(options)).consumed).toBe(100);

  expect([...(await group.stopAll()).values()]).toEqual(['ended', 'ended', 'ended']);
  expect(group.running()).toEqual([]);
  group.close();
});
