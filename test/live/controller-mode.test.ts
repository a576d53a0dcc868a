import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Group } from '../../cluster/launch/group.ts';
import { readNodeStatus } from '../../cluster/launch/node-status.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { startLiveGroup } from './harness/live-group.ts';
import { readBodies } from './harness/read-bodies.ts';
import { run } from './harness/run-program.ts';

const TOPIC = 'ControllerMode';
const ROUNDS = 3;
const READY_MS = 30_000;
const LONELY = 8;
const LONELY_BYTES = 3_000_000;

describe('conf/controller', () => {
  let group: Group;
  beforeAll(async () => {
    group = await startLiveGroup({ conf: 'controller' });
  }, 60_000);

  /** How many brokers are in the SyncStateSet, as mqadmin tells. */
  async function inSync(): Promise<number> {
    const controller = `127.0.0.1:${group.plan.nameServer + 2}`;
    const { stdout } = await run('mqadmin', ['getSyncStateSet', '-a', controller, '-b', 'broker-a']);
    return Number(/^#SyncStateSetNums\t(\d)$/m.exec(stdout)?.[1]);
  }

  test('masters are killed under sends: nothing acknowledged is lost, and the killed ones come back into the set', {
    timeout: 180_000,
  }, async () => {
    await until('that all are in sync', READY_MS, async () => (await inSync()) === 3);
    const producer = new Producer(group.platform, { nameServers: group.nameServer, group: 'live' });
    await producer.start();
    const sent: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const master = await group.leader();
      for (let n = 0; n < 200; n++) {
        if (n === 100) await group.kill(master!.name);
        const body = `${round}-${n}`;
        await producer.send({ topic: TOPIC, body });
        sent.push(body);
      }
      group.start(master!.name);
      await until('that all are in sync again', READY_MS, async () => (await inSync()) === 3);
      const isSlave = async () => (await readNodeStatus(master!.httpUrl))?.replication?.role === 'slave';
      await until(`that ${master!.name} is a slave`, READY_MS, isSlave);
    }
    await producer.close();
    // A send whose first try had no answer may be stored twice.
    expect([...new Set(await readBodies(group, TOPIC))].sort()).toEqual(sent.toSorted());
  });

  test('a master that dies with messages which reached nobody is cut there when it comes back, and joins the set again', {
    timeout: 120_000,
  }, async () => {
    await until('that all are in sync', READY_MS, async () => (await inSync()) === 3);
    const producer = new Producer(group.platform, { nameServers: group.nameServer, group: 'live' });
    await producer.start();
    await producer.send({ topic: 'Parted', body: 'acknowledged' });
    const master = await group.leader();
    const slaves = group.nodes.filter(({ name }) => name !== master?.name).map(({ name }) => group.process(name)!.pid);
    const [queue] = await producer.queues('Parted');
    for (const pid of slaves) process.kill(pid, 'SIGSTOP');
    try {
      // Appended at the master, and acknowledged by nobody: more than the buffers of the connections hold.
      for (let n = 0; n < LONELY; n++)
        await producer.sendOneway({ topic: 'Parted', body: randomBytes(LONELY_BYTES) }, { queue: queue! });
      await until('that the master has them', READY_MS, async () => {
        const slave = (await readNodeStatus(master!.httpUrl))?.replication?.slaves[0];
        return (slave?.lag ?? 0) > LONELY * LONELY_BYTES;
      });
      await group.kill(master!.name);
    } finally {
      for (const pid of slaves) process.kill(pid, 'SIGCONT');
    }
    const other = async () => ![undefined, master?.name].includes((await group.leader())?.name);
    await until('that another leads', READY_MS, other);
    await producer.send({ topic: 'Parted', body: 'after' });
    group.start(master!.name);
    await until('that all are in sync again', READY_MS, async () => (await inSync()) === 3);
    await producer.close();
    expect(group.folder.logTail(master!.name, 60)).toMatch(
      /"bytes":\d+,"msg":"Cuts its log where it parts from the master's/,
    );
    const bodies = await readBodies(group, 'Parted');
    expect(bodies).toEqual(expect.arrayContaining(['acknowledged', 'after']));
    expect(bodies.length).toBeLessThan(LONELY + 2);
  });
});
