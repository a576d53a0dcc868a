import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readNodeStatus } from '../../cluster/launch/node-status.ts';
import { freePortBase, portsFrom } from '../../cluster/launch/ports.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { startLiveGroup, temporaryFolder } from './harness/live-group.ts';
import { readBodies } from './harness/read-bodies.ts';
import { run, start } from './harness/run-program.ts';

const PATIENCE_MS = 20_000;

/** A member that is alone in its group, for now. */
function memberConf(folder: string, nameServer: string, plan: ReturnType<typeof portsFrom>): string {
  const [ports] = plan.brokers;
  const keys = {
    ...{ brokerName: 'g', brokerIP1: '127.0.0.1', bindAddress: '127.0.0.1', namesrvAddr: nameServer },
    ...{ listenPort: ports?.listen, storePathRootDir: join(folder, 'n0'), enableDLegerCommitLog: true },
    ...{ dLegerGroup: 'g', dLegerSelfId: 'n0', dLegerPeers: `n0-127.0.0.1:${ports?.peer}` },
  };
  const file = join(folder, 'n0.conf');
  const lines = Object.entries(keys).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(file, lines.join(''));
  return file;
}

test('mqbroker --seed-from takes over the store of a stopped broker, once', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const environment = { LEDGERMQ_RUN_DIR: join(folder, 'run') };
  const old = await startLiveGroup({ conf: 'master' });
  const producer = new Producer(old.platform, { nameServers: old.nameServer, group: 'live' });
  await producer.start();
  const bodies = Array.from({ length: 100 }, (_, n) => `old ${n}`);
  for (const body of bodies) await producer.send({ topic: 'Moved', body });
  const [{ name = '', storeDirectory = '', confFile = '' } = {}] = old.nodes;
  const busy = await run('mqbroker', ['-c', confFile, '--seed-from', storeDirectory], environment);
  expect(busy.stderr).toContain('--seed-from is for the first member of a DLedger group');
  const plan = portsFrom(await freePortBase(1), 1);
  const conf = memberConf(folder, old.nameServer, plan);
  const early = await run('mqbroker', ['-c', conf, '--seed-from', storeDirectory], environment);
  expect(early.stderr).toContain('is in use by another process');
  expect(early.code).toBe(1);
  expect(existsSync(join(folder, 'n0', 'dledger-n0'))).toBe(false);

  await old.stop(name);
  const member = start('mqbroker', ['-c', conf, '--seed-from', storeDirectory], environment);
  const page = `http://127.0.0.1:${plan.brokers[0]?.http}`;
  await until('that it serves', PATIENCE_MS, async () => (await readNodeStatus(page))?.ready === true);
  await producer.send({ topic: 'Moved', body: 'new' });
  await producer.close();
  expect((await readBodies(old, 'Moved')).sort()).toEqual([...bodies, 'new'].sort());
  expect((await member.stop()).code).toBe(0);

  const again = await run('mqbroker', ['-c', conf, '--seed-from', storeDirectory], environment);
  expect(again.stderr).toContain('holds a member already. Start it without --seed-from');
});
