import { describe, expect, it } from 'vitest';
import { loadNamesrvConfig } from '../../cluster/namesrv/config.ts';
import { createNameServer } from '../../cluster/namesrv/name-server.ts';
import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import { startLoneBroker } from '../../src/broker/lone-broker.ts';
import { PullConsumer } from '../../src/client/consumer/pull-consumer.ts';
import { PushConsumer } from '../../src/client/consumer/push-consumer.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import type { ReceivedMessage } from '../../src/client/received-message.ts';
import { VirtualWorld } from '../support/virtual-platform.ts';

/** A name server, a broker without replication and the clients of one test, all real, in a virtual world. */
async function setUp() {
  const world = new VirtualWorld();
  const nameServer = createNameServer(world.start('ns'), loadNamesrvConfig('', '/home').config);
  await world.settle(nameServer.start());
  const facts = { homeDirectory: '/home', hostName: 'broker-a', ipAddress: '10.0.0.2' };
  const { config, errors } = loadBrokerConfig(
    'brokerName=broker-a\nnamesrvAddr=ns:9876\nmappedFileSizeCommitLog=1048576',
    facts,
  );
  expect(errors).toEqual([]);
  const platform = world.start('b');
  await world.settle(startLoneBroker(platform, config, (error) => expect.unreachable(error.message)));
  await world.run(100);
  const client = world.start('client');
  const producer = new Producer(client, { nameServers: 'ns:9876', group: 'g' });
  await producer.start();
  return { world, client, producer, settle: <Result>(promise: Promise<Result>) => world.settle(promise) };
}

describe('the client with a real broker', () => {
  it('sends to a topic that comes into being with the first message, and reads it back', async () => {
    const { client, producer, settle, world } = await setUp();
    const sent = [];
    for (let n = 0; n < 20; n++)
      sent.push(await settle(producer.send({ topic: 'Fresh', body: `m${n}`, tags: n % 2 ? 'A' : 'B' })));
    expect(new Set(sent.map((each) => each.queue.queueId)).size).toBe(4);
    await world.run(2_000);
    const consumer = new PullConsumer(client, { nameServers: 'ns:9876', group: 'pg' });
    await consumer.start();
    const got: ReceivedMessage[] = [];
    for (const queue of await settle(consumer.queues('Fresh'))) {
      const max = await settle(consumer.maxOffset(queue));
      const { messages, maxOffset } = await settle(consumer.pull(queue, 0));
      expect(maxOffset).toBe(max);
      got.push(...messages);
    }
    expect(got.map((each) => each.messageId).toSorted()).toEqual(sent.map((each) => each.messageId).toSorted());
    expect(got.map((each) => each.offsetMessageId).toSorted()).toEqual(
      sent.map((each) => each.offsetMessageId).toSorted(),
    );
    const [queue] = await settle(consumer.queues('Fresh'));
    await settle(consumer.commit(queue!, 3));
    expect(await settle(consumer.committedOffset(queue!))).toBe(3);
    await settle(Promise.all([consumer.close(), producer.close()]));
  });

  it('consumes batches, large bodies and what was sent oneway, shared by two consumers', async () => {
    const { world, producer, settle } = await setUp();
    await settle(producer.send({ topic: 'T', body: 'first' }));
    await world.run(2_000);
    const got: string[] = [];
    const consumers = ['one', 'two'].map((name) => {
      const consumer = new PushConsumer(world.start(name), {
        nameServers: 'ns:9876',
        group: 'cg',
        consumeFrom: 'first',
      });
      consumer.subscribe('T');
      return consumer;
    });
    for (const consumer of consumers) {
      await settle(
        consumer.start(async (messages) => {
          got.push(...messages.map((each) => each.body.toString().slice(0, 10)));
          return 'success';
        }),
      );
    }
    await world.run(2_000);
    expect(consumers.map((each) => each.queues.filter((queue) => queue.topic === 'T').length)).toEqual([2, 2]);
    await settle(
      producer.sendBatch([
        { topic: 'T', body: 'batch1' },
        { topic: 'T', body: 'batch2' },
      ]),
    );
    await settle(producer.send({ topic: 'T', body: 'large'.repeat(2_000) }));
    await settle(producer.sendOneway({ topic: 'T', body: 'oneway' }));
    await world.run(1_000);
    expect(got.toSorted()).toEqual(['batch1', 'batch2', 'first', 'largelarge', 'oneway']);
    await settle(Promise.all(consumers.map((each) => each.close())));
  });

  it('gets a failed message again', async () => {
    const { client, producer, settle, world } = await setUp();
    await settle(producer.send({ topic: 'T', body: 'x' }));
    await world.run(2_000);
    const seen: [string, number][] = [];
    const consumer = new PushConsumer(client, { nameServers: 'ns:9876', group: 'cg', consumeFrom: 'first' });
    consumer.subscribe('T');
    await settle(
      consumer.start(async ([message]) => {
        seen.push([message!.topic, message!.reconsumeTimes]);
        return message!.reconsumeTimes === 0 ? 'reconsume-later' : 'success';
      }),
    );
    await world.run(40_000);
    expect(seen).toEqual([
      ['T', 0],
      ['T', 1],
    ]);
    await settle(consumer.close());
  });
});
