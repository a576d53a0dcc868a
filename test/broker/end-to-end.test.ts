import { expect, test } from 'vitest';
import { loadNamesrvConfig } from '../../cluster/namesrv/config.ts';
import { createNameServer } from '../../cluster/namesrv/name-server.ts';
import type { ConsumeResult } from '../../src/client/consumer/consume-pool.ts';
import { PushConsumer } from '../../src/client/consumer/push-consumer.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import type { ReceivedMessage } from '../../src/client/received-message.ts';
import { BrokerWorld } from './broker-world.ts';

/** Name server, lone master and our own clients, each on a machine of its own. */
class Deployment {
  readonly broker: BrokerWorld;
  readonly #clients: { close(): Promise<void> }[] = [];
  #machines = 0;

  private constructor(broker: BrokerWorld) {
    this.broker = broker;
  }

  static async start(): Promise<Deployment> {
    const broker = await BrokerWorld.start('namesrvAddr=ns:9876\n');
    const platform = broker.world.start('ns');
    const { config } = loadNamesrvConfig('', '/home');
    platform.disk.makeDirectory('/home');
    await broker.world.settle(createNameServer(platform, config).start());
    await broker.world.run(1_000);
    return new Deployment(broker);
  }

  async producer(): Promise<Producer> {
    const producer = new Producer(this.broker.world.start(`client${this.#machines++}`), {
      nameServers: 'ns:9876',
      group: 'producers',
    });
    this.#clients.push(producer);
    await this.broker.world.settle(producer.start());
    return producer;
  }

  async consumer(
    listener: (message: ReceivedMessage) => ConsumeResult,
    subscription: readonly [topic: string, expression: string] = ['Topic', '*'],
  ): Promise<PushConsumer> {
    const platform = this.broker.world.start(`client${this.#machines++}`);
    const consumer = new PushConsumer(platform, { nameServers: 'ns:9876', group: 'consumers', consumeFrom: 'first' });
    consumer.subscribe(...subscription);
    this.#clients.push(consumer);
    const handle = async (messages: readonly ReceivedMessage[]): Promise<ConsumeResult> =>
      messages.every((message) => listener(message) === 'success') ? 'success' : 'reconsume-later';
    await this.broker.world.settle(consumer.start(handle));
    return consumer;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await this.broker.world.settle(client.close());
    await this.broker.stop();
  }
}

test('our clients produce, share and consume messages, each once, and go on where they stopped', async () => {
  const deployment = await Deployment.start();
  const { world } = deployment.broker;
  const producer = await deployment.producer();
  const seen: string[] = [];
  const listener = (message: ReceivedMessage): ConsumeResult => {
    seen.push(message.body.toString());
    return 'success';
  };
  const send = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) await world.settle(producer.send({ topic: 'Topic', body: `m${i}` }));
  };
  await send(0, 20);
  const first = await deployment.consumer(listener);
  const second = await deployment.consumer(listener);
  await world.run(25_000);
  await send(20, 60);
  await world.run(5_000);
  const expected = (to: number): string[] => Array.from({ length: to }, (_, i) => `m${i}`).sort();
  expect([...seen].sort()).toEqual(expected(60));
  await world.settle(first.close());
  await world.settle(second.close());
  await send(60, 70);
  await deployment.consumer(listener);
  await world.run(25_000);
  expect([...seen].sort()).toEqual(expected(70));
  await deployment.stop();
});

test('a message that fails comes again later; only its tag is seen', async () => {
  const deployment = await Deployment.start();
  const { world } = deployment.broker;
  const producer = await deployment.producer();
  const seen: string[] = [];
  await world.settle(producer.send({ topic: 'Topic', body: 'before', tags: 'A' }));
  await deployment.consumer(
    (message) => {
      seen.push(`${message.body} ${message.reconsumeTimes}`);
      return message.reconsumeTimes === 0 && message.body.toString() === 'bad' ? 'reconsume-later' : 'success';
    },
    ['Topic', 'A || C'],
  );
  await world.run(5_000);
  for (const [body, tags] of [
    ['bad', 'A'],
    ['other', 'B'],
    ['good', 'C'],
  ] as const) {
    await world.settle(producer.send({ topic: 'Topic', body, tags }));
  }
  await world.run(5_000);
  expect([...seen].sort()).toEqual(['bad 0', 'before 0', 'good 0']);
  await world.run(10_000);
  expect(seen).toContain('bad 1');
  expect(seen).toHaveLength(4);
  await deployment.stop();
});

test('a producer goes on by itself after the broker was killed and started again', async () => {
  const deployment = await Deployment.start();
  const { world } = deployment.broker;
  const producer = await deployment.producer();
  const first = await world.settle(producer.send({ topic: 'Topic', body: 'a' }));
  await deployment.broker.startAgain();
  const second = await world.settle(producer.send({ topic: 'Topic', body: 'b' }, { timeoutMs: 30_000 }));
  expect([first.status, second.status]).toEqual(['SEND_OK', 'SEND_OK']);
  await deployment.stop();
});
