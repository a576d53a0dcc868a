import { describe, expect, it } from 'vitest';
import { PullConsumer } from '../../../src/client/consumer/pull-consumer.ts';
import type { ClientError } from '../../../src/client/errors.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import { ClientWorld } from '../client-world.ts';

async function setUp(hosts: readonly string[] = ['b0']) {
  const cluster = await ClientWorld.create();
  for (const [id, host] of hosts.entries()) await cluster.addBroker(host, 'a', id);
  const platform = cluster.world.start('client');
  const consumer = new PullConsumer(platform, { nameServers: cluster.nameServers, group: 'pg' });
  const producer = new Producer(platform, { nameServers: cluster.nameServers, group: 'g' });
  await Promise.all([consumer.start(), producer.start()]);
  const settle = <Result>(promise: Promise<Result>) => cluster.world.settle(promise);
  const queue = { topic: 'T', brokerName: 'a', queueId: 2 };
  const send = async (count: number, tags = 'A') => {
    for (let n = 0; n < count; n++) await settle(producer.send({ topic: 'T', body: `m${n}`, tags }, { queue }));
  };
  return { cluster, world: cluster.world, consumer, settle, send, queue, broker: cluster.members.get('b0')!.broker };
}

describe('PullConsumer', () => {
  it('reads a queue from any offset on', async () => {
    const { consumer, settle, send, queue } = await setUp();
    expect(await settle(consumer.queues('T'))).toHaveLength(4);
    expect(await settle(consumer.pull(queue, 0))).toMatchObject({ status: 'nothing', nextOffset: 0, maxOffset: 0 });
    await send(5);
    const result = await settle(consumer.pull(queue, 1, { maxMessages: 3 }));
    expect(result).toMatchObject({ status: 'found', nextOffset: 4, minOffset: 0, maxOffset: 5 });
    expect(result.messages.map((each) => each.body.toString())).toEqual(['m1', 'm2', 'm3']);
    expect(await settle(consumer.pull(queue, 99))).toMatchObject({ status: 'moved', nextOffset: 5 });
  });

  it('filters by tag', async () => {
    const { consumer, settle, send, queue } = await setUp();
    await send(2, 'A');
    await send(2, 'B');
    const result = await settle(consumer.pull(queue, 0, { expression: 'B || C' }));
    expect(result.messages.map((each) => each.queueOffset)).toEqual([2, 3]);
    expect(result.nextOffset).toBe(4);
  });

  it('lets the broker wait for a message', async () => {
    const { consumer, settle, send, queue, world } = await setUp();
    const before = world.nowMs;
    expect(await settle(consumer.pull(queue, 0, { waitMs: 2_000 }))).toMatchObject({ status: 'nothing' });
    expect(world.nowMs - before).toBeGreaterThanOrEqual(2_000);
    const waiting = consumer.pull(queue, 0, { waitMs: 10_000 });
    await send(1);
    expect((await settle(waiting)).messages).toHaveLength(1);
  });

  it('stores and finds progress, and looks up offsets', async () => {
    const { consumer, settle, send, queue, world, broker } = await setUp();
    await send(2);
    await world.run(1_000);
    const timestampMs = broker.platform.clock.nowMs();
    await world.run(1_000);
    await send(2);
    expect(await settle(consumer.committedOffset(queue))).toBeUndefined();
    await settle(consumer.commit(queue, 3));
    expect(await settle(consumer.committedOffset(queue))).toBe(3);
    expect(await settle(consumer.minOffset(queue))).toBe(0);
    expect(await settle(consumer.maxOffset(queue))).toBe(4);
    expect(await settle(consumer.searchOffset(queue, timestampMs))).toBe(2);
    expect(broker.members('pg')).toEqual([consumer.clientId]);
  });

  it('asks another member of the group when one is away', async () => {
    const { consumer, settle, send, queue, cluster } = await setUp(['b0', 'b1']);
    await send(2);
    await settle(consumer.pull(queue, 0));
    cluster.kill('b0');
    expect((await settle(consumer.pull(queue, 0))).messages).toHaveLength(2);
    expect(await settle(consumer.maxOffset(queue))).toBe(2);
  });

  it('ends a waiting pull when the caller aborts it or the consumer closes', async () => {
    const { consumer, settle, queue, world } = await setUp();
    const abort = new AbortController();
    const settled = (promise: Promise<unknown>) =>
      promise.then(
        () => undefined,
        (error: unknown) => error as ClientError,
      );
    const aborted = settled(consumer.pull(queue, 0, { waitMs: 60_000, signal: abort.signal }));
    const waiting = settled(consumer.pull(queue, 0, { waitMs: 60_000 }));
    await world.run(100);
    abort.abort();
    expect(await aborted).toMatchObject({ code: 'aborted' });
    await settle(consumer.close());
    expect(await settle(waiting)).toMatchObject({
      code: 'closed',
      retryable: false,
      message: 'the consumer was closed during the pull.',
    });
    expect(await settle(settled(consumer.pull(queue, 0)))).toMatchObject({ code: 'closed' });
    expect(await settle(settled(consumer.maxOffset(queue, { signal: abort.signal })))).toMatchObject({
      code: 'aborted',
    });
  });
});
