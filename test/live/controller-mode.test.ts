import { beforeAll, describe, expect, test } from 'vitest';
import type { Group } from '../../cluster/launch/group.ts';
import { readNodeStatus } from '../../cluster/launch/node-status.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { PullConsumer } from '../../src/client/consumer/pull-consumer.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { startLiveGroup } from './harness/live-group.ts';
import { run } from './harness/run-program.ts';

const TOPIC = 'ControllerMode';
const ROUNDS = 3;
const READY_MS = 30_000;

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

  async function readAll(): Promise<string[]> {
    const consumer = new PullConsumer(group.platform, { nameServers: group.nameServer, group: 'reader' });
    await consumer.start();
    const bodies: string[] = [];
    for (const queue of await consumer.queues(TOPIC)) {
      let offset = await consumer.minOffset(queue);
      const max = await consumer.maxOffset(queue);
      while (offset < max) {
        const { messages, nextOffset } = await consumer.pull(queue, offset);
        bodies.push(...messages.map(({ body }) => body.toString()));
        offset = nextOffset;
      }
    }
    await consumer.close();
    return bodies;
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
    expect([...new Set(await readAll())].sort()).toEqual(sent.toSorted());
  });
});
