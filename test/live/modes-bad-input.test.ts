import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Group, GroupNode } from '../../cluster/launch/group.ts';
import { readNodeStatus } from '../../cluster/launch/node-status.ts';
import { freePortBase, type PortPlan, portsFrom } from '../../cluster/launch/ports.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { startLiveGroup, temporaryFolder } from './harness/live-group.ts';
import { type RunningProgram, run, start } from './harness/run-program.ts';

const PATIENCE_MS = 20_000;

/** Sends some messages with bodies of their own. */
async function fill(group: Group, word: string, count: number): Promise<void> {
  const producer = new Producer(group.platform, { nameServers: group.nameServer, group: 'filler' });
  await producer.start();
  for (let n = 0; n < count; n++) await producer.send({ topic: 'Filled', body: `${word} ${n}` });
  await producer.close();
}

/** A hash of the names and bytes of all files of a folder. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

/** The log lines of a level that contain a text. */
function lines(program: RunningProgram, level: string, text: string): string[] {
  return program.stdout.split('\n').filter((line) => line.includes(`"level":"${level}"`) && line.includes(text));
}

describe('what does not belong together', () => {
  const folder = temporaryFolder();
  const environment = { LEDGERMQ_RUN_DIR: join(folder, 'run') };
  let group: Group;
  let master: GroupNode;
  let plan: PortPlan;

  beforeAll(async () => {
    group = await startLiveGroup({ conf: 'sync-master' });
    const [first] = group.nodes;
    master = first as GroupNode;
    plan = portsFrom(await freePortBase(1), 1);
    await fill(group, 'ours', 40);
  }, 60_000);

  /** A configuration file of one more broker. */
  function conf(name: string, keys: Readonly<Record<string, string | number>>): string {
    const file = join(folder, `${name}.conf`);
    const all = {
      ...{ brokerName: 'broker-a', brokerIP1: '127.0.0.1', bindAddress: '127.0.0.1', namesrvAddr: group.nameServer },
      ...{ listenPort: plan.brokers[0]?.listen, storePathRootDir: join(folder, name), ...keys },
    };
    writeFileSync(
      file,
      Object.entries(all)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    return file;
  }

  test("a slave with another cluster's data: one sentence, and its data stay as they are", {
    timeout: 90_000,
  }, async () => {
    const other = await startLiveGroup({ conf: 'master' });
    await fill(other, 'theirs', 20);
    await other.stopAll();
    const root = other.nodes[0]?.storeDirectory ?? '';
    const before = hashOf(join(root, 'commitlog'));
    const slave = start(
      'mqbroker',
      ['-c', conf('foreign', { brokerRole: 'SLAVE', brokerId: 2, storePathRootDir: root })],
      environment,
    );
    await slave.printed(/does not follow its master/);
    const [line, ...more] = lines(slave, 'error', '');
    expect(more).toEqual([]);
    expect(line).toMatch(
      /"reason":"the master [\d.:]+ refused it: the slave's log .* it has another history, or another cluster's data; nothing was changed; start it with an empty storePathRootDir, and it fetches everything"/,
    );
    const http = `http://127.0.0.1:${plan.brokers[0]?.http}`;
    await until('that the page says so', PATIENCE_MS, async () =>
      (await readNodeStatus(http))?.replication?.problem?.includes('another history'),
    );
    expect((await slave.stop()).code).toBe(0);
    expect(hashOf(join(root, 'commitlog'))).toBe(before);
  });

  test('two masters of one set: the second does not start, and leaves no store', { timeout: 60_000 }, async () => {
    const file = conf('second', { brokerRole: 'SYNC_MASTER', brokerId: 0 });
    const { code, stderr } = await run('mqbroker', ['-c', file], environment);
    expect(stderr).toBe(
      `brokerName=broker-a: ${master.address} is the master of this set already. Give this broker a brokerName of its own, or make it a slave (brokerRole=SLAVE, brokerId=1)\n`,
    );
    expect(code).toBe(1);
    expect(readdirSync(join(folder, 'second', 'commitlog'))).toEqual([]);
    expect((await readNodeStatus(master.httpUrl))?.ready).toBe(true);
  });

  test('a broker of Controller mode beside a master of its name that runs without one does not start', {
    timeout: 60_000,
  }, async () => {
    const controlled = { brokerId: -1, enableControllerMode: 'true', controllerAddr: '127.0.0.1:1' };
    const file = conf('beside', { brokerRole: 'SLAVE', ...controlled });
    const { code, stderr } = await run('mqbroker', ['-c', file], environment);
    expect(stderr).toBe(
      `brokerName=broker-a: ${master.address} is the master of this set already, and runs without a Controller. Give this broker a brokerName of its own, or stop that one first\n`,
    );
    expect(code).toBe(1);
    expect((await readNodeStatus(master.httpUrl))?.ready).toBe(true);
  });

  test('a controller address that is none: one sentence, and no store is begun', { timeout: 60_000 }, async () => {
    const file = conf('lost', {
      brokerName: 'broker-lost',
      brokerRole: 'SLAVE',
      brokerId: -1,
      enableControllerMode: 'true',
      controllerAddr: group.nameServer,
    });
    const broker = start('mqbroker', ['-c', file], environment);
    await broker.printed(/is no controller/);
    const told = lines(broker, 'warn', 'is no controller');
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`controllerAddr: ${group.nameServer} is no controller`);
    expect(told[0]).toContain('give the ports of controllerDLegerPeers, not those of name servers or brokers');
    await broker.stop();
    expect(existsSync(join(folder, 'lost', 'brokerIdentity'))).toBe(false);
    expect(readdirSync(join(folder, 'lost', 'commitlog'))).toEqual([]);
  });

  test.each([
    ['one broker', {}],
    [
      'a broker of Controller mode',
      { enableControllerMode: 'true', brokerId: -1, brokerRole: 'SLAVE', controllerAddr: '127.0.0.1:1' },
    ],
  ])(
    'a store directory of a newer format, %s: one sentence, and nothing is changed',
    { timeout: 60_000 },
    async (name, keys) => {
      const store = join(folder, `newer ${name}`);
      mkdirSync(store);
      const header = Buffer.concat([Buffer.from('LMQPOINT'), Buffer.from([0, 0, 0, 7]), Buffer.alloc(40)]);
      writeFileSync(join(store, 'ledgermq.point'), header);
      const file = conf(`newer-${Object.keys(keys).length}`, { ...keys, brokerName: 'alone', storePathRootDir: store });
      const { code, stderr } = await run('mqbroker', ['-c', file], environment);
      expect(stderr).toBe(
        `${store}/ledgermq.point has format 7, which a newer version of this program wrote: start that version with this directory. Nothing was changed\n`,
      );
      expect(code).toBe(1);
      expect(readFileSync(join(store, 'ledgermq.point')).equals(header)).toBe(true);
    },
  );
});
