import { beforeAll, describe, expect, test } from 'vitest';
import type { Group } from '../../cluster/launch/group.ts';
import { readNodeStatus } from '../../cluster/launch/node-status.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { startLiveGroup } from './harness/live-group.ts';
import { readBodies } from './harness/read-bodies.ts';

const TOPIC = 'MasterSlave';
const MESSAGES = 400;
const READY_MS = 30_000;

describe('2m-2s-sync', () => {
  let group: Group;
  beforeAll(async () => {
    group = await startLiveGroup({ conf: '2m-2s-sync' });
  }, 60_000);

  async function send(prefix: string): Promise<string[]> {
    const producer = new Producer(group.platform, { nameServers: group.nameServer, group: 'live' });
    await producer.start();
    const bodies: string[] = [];
    for (let n = 0; n < MESSAGES; n++) {
      const { status } = await producer.send({ topic: TOPIC, body: `${prefix}${n}` });
      expect(status).toBe('SEND_OK');
      bodies.push(`${prefix}${n}`);
    }
    await producer.close();
    return bodies;
  }

  const isReady = async (name: string): Promise<boolean> => {
    const node = group.nodes.find((each) => each.name === name);
    return node !== undefined && (await readNodeStatus(node.httpUrl))?.ready === true;
  };

  test('what was acknowledged is read from the slave of a killed master, and from the master when it is back', {
    timeout: 120_000,
  }, async () => {
    const sent = await send('a');
    await group.kill('broker-a');
    await until('that the slave is alone', READY_MS, async () => !(await isReady('broker-a-s')));
    expect((await readBodies(group, TOPIC)).sort()).toEqual([...sent].sort());
    group.start('broker-a');
    for (const name of ['broker-a', 'broker-a-s']) await until(`that ${name} is ready`, READY_MS, () => isReady(name));
    sent.push(...(await send('b')));
    expect((await readBodies(group, TOPIC)).sort()).toEqual([...sent].sort());
    const slaves = await Promise.all(
      group.nodes.map(async ({ httpUrl }) => (await readNodeStatus(httpUrl))?.replication),
    );
    expect(slaves.flatMap((replication) => replication?.slaves ?? [])).toHaveLength(2);
  });
});
