import { describe, expect, it } from 'vitest';
import type { MessageListener } from '../../../src/client/consumer/consume-pool.ts';
import type { PushConsumerOptions } from '../../../src/client/consumer/consumer-options.ts';
import { PushConsumer } from '../../../src/client/consumer/push-consumer.ts';
import { ClientError } from '../../../src/client/errors.ts';
import { queueKey } from '../../../src/client/message-queue.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { ReceivedMessage } from '../../../src/client/received-message.ts';
import { resetOffsetBody } from '../../../src/protocol/body/reset-offset-body.ts';
import { resetConsumerClientOffset } from '../../../src/protocol/command/reset-consumer-client-offset.ts';
import { ClientWorld } from '../client-world.ts';

const GROUP = 'cg';

class Setup {
  readonly cluster: ClientWorld;
  readonly producer: Producer;
  readonly errors: string[] = [];
  #clients = 0;

  private constructor(cluster: ClientWorld, producer: Producer) {
    this.cluster = cluster;
    this.producer = producer;
  }

  static async create(hosts: readonly string[] = ['b0']): Promise<Setup> {
    const cluster = await ClientWorld.create();
    cluster.topics = { T: 4, [`%RETRY%${GROUP}`]: 1 };
    for (const [id, host] of hosts.entries()) await cluster.addBroker(host, 'a', id);
    const producer = new Producer(cluster.world.start('sender'), { nameServers: cluster.nameServers, group: 'g' });
    await producer.start();
    return new Setup(cluster, producer);
  }

  get world() {
    return this.cluster.world;
  }

  get broker() {
    return this.cluster.members.get('b0')!.broker;
  }

  settle<Result>(promise: Promise<Result>): Promise<Result> {
    return this.world.settle(promise);
  }

  async send(count: number, tags?: string): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const message = { topic: 'T', body: `m${n}`, ...(tags === undefined ? {} : { tags }) };
      ids.push((await this.settle(this.producer.send(message))).messageId);
    }
    return ids;
  }

  /** A started consumer that keeps what it gets. */
  async consumer(
    options: Partial<PushConsumerOptions> & { expression?: string; listener?: MessageListener; host?: string } = {},
  ) {
    const { expression, listener, host = `c${this.#clients++}`, ...rest } = options;
    const platform = this.world.start(host);
    const got: ReceivedMessage[] = [];
    const consumer = new PushConsumer(platform, {
      nameServers: this.cluster.nameServers,
      group: GROUP,
      consumeFrom: 'first',
      ...rest,
    });
    consumer.subscribe('T', expression);
    consumer.on('error', ({ during, error }) => this.errors.push(`${during}: ${error.message}`));
    const keep: MessageListener = async (messages, context) => {
      got.push(...messages);
      return listener?.(messages, context) ?? 'success';
    };
    await this.settle(consumer.start(keep));
    return { consumer, got, platform, ids: () => got.map((each) => each.messageId).toSorted() };
  }

  offset(queueId: number, topic = 'T'): number | undefined {
    return this.broker.store.offsets.get(`${GROUP}/${topic}/${queueId}`);
  }
}

describe('PushConsumer', () => {
  it('gets every message of the topic, those sent later too', async () => {
    const setup = await Setup.create();
    const early = await setup.send(10);
    const { got, ids } = await setup.consumer();
    await setup.world.run(100);
    expect(ids()).toEqual(early.toSorted());
    const late = await setup.send(10);
    await setup.world.run(100);
    expect(ids()).toEqual([...early, ...late].toSorted());
    expect(got[0]).toMatchObject({
      topic: 'T',
      brokerName: 'a',
      tags: undefined,
      reconsumeTimes: 0,
      bornHost: '10.9.9.9:10911',
    });
    expect(got[0]?.body.toString()).toMatch(/^m\d$/);
    expect(got[0]?.properties).toMatchObject({
      MIN_OFFSET: '0',
      WAIT: 'true',
      CONSUME_START_TIME: expect.stringMatching(/^\d+$/),
    });
  });

  it('gets the tags that it asked for, and compares them itself', async () => {
    const setup = await Setup.create();
    const wanted = [...(await setup.send(3, 'A')), ...(await setup.send(2, 'B'))];
    await setup.send(5, 'C');
    await setup.send(5);
    const { ids } = await setup.consumer({ expression: 'A || B' });
    await setup.world.run(100);
    expect(ids()).toEqual(wanted.toSorted());
    await setup.world.run(6_000);
    expect([0, 1, 2, 3].reduce((sum, id) => sum + (setup.offset(id) ?? 0), 0)).toBe(15);
  });

  it('shares the queues with the other members, each queue with exactly one', async () => {
    const setup = await Setup.create();
    const members = [await setup.consumer(), await setup.consumer(), await setup.consumer()];
    await setup.world.run(1_000);
    const queues = members.flatMap(({ consumer }) =>
      consumer.queues.filter((queue) => queue.topic === 'T').map(queueKey),
    );
    expect(queues.toSorted()).toEqual([0, 1, 2, 3].map((id) => `T a ${id}`));
    const sent = await setup.send(40);
    await setup.world.run(100);
    expect(members.flatMap(({ ids }) => ids()).toSorted()).toEqual(sent.toSorted());
    expect(members.every(({ got }) => got.length > 0)).toBe(true);
  });

  it('takes over the queues of a member that leaves or dies, without a gap', async () => {
    const setup = await Setup.create();
    const staying = await setup.consumer();
    const leaving = await setup.consumer();
    const dying = await setup.consumer();
    const sent = await setup.send(20);
    await setup.world.run(200);
    await setup.settle(leaving.consumer.close());
    sent.push(...(await setup.send(20)));
    await setup.world.run(500);
    dying.platform.crash();
    sent.push(...(await setup.send(20)));
    await setup.world.run(60_000);
    expect(staying.consumer.queues.filter((queue) => queue.topic === 'T')).toHaveLength(4);
    const got = new Set([staying, leaving, dying].flatMap(({ ids }) => ids()));
    expect([...got].toSorted()).toEqual(sent.toSorted());
    // What was closed in order is not consumed twice.
    const twice = leaving.ids().filter((id) => staying.ids().includes(id) || dying.ids().includes(id));
    expect(twice).toEqual([]);
  });

  it('begins at the end, or at a time, if that is asked for', async () => {
    const setup = await Setup.create();
    await setup.send(8);
    await setup.world.run(5_000);
    const timestampMs = setup.broker.platform.clock.nowMs();
    await setup.world.run(5_000);
    const middle = await setup.send(4);
    const atTime = await setup.consumer({ group: 'other', consumeFrom: { timestampMs } });
    const atEnd = await setup.consumer({ consumeFrom: 'last' });
    await setup.world.run(100);
    const late = await setup.send(4);
    await setup.world.run(100);
    expect(atEnd.ids()).toEqual(late.toSorted());
    expect(atTime.ids()).toEqual([...middle, ...late].toSorted());
  });

  it('goes on where the group was when it comes back', async () => {
    const setup = await Setup.create();
    await setup.send(8);
    const first = await setup.consumer();
    await setup.world.run(100);
    await setup.settle(first.consumer.close());
    expect([0, 1, 2, 3].map((id) => setup.offset(id))).toEqual([2, 2, 2, 2]);
    const late = await setup.send(4);
    const second = await setup.consumer();
    await setup.world.run(100);
    expect(second.ids()).toEqual(late.toSorted());
  });

  it('never lets the stored progress pass a message that is not consumed', async () => {
    const setup = await Setup.create();
    await setup.send(12);
    let release: (() => void) | undefined;
    const { got } = await setup.consumer({
      listener: async (messages) => {
        const [message] = messages;
        if (message?.queueId !== 1 || message.queueOffset !== 1) return 'success';
        return new Promise((resolve) => {
          release = () => resolve('success');
        });
      },
    });
    await setup.world.run(30_000);
    expect(got).toHaveLength(12);
    expect([0, 1, 2, 3].map((id) => setup.offset(id))).toEqual([3, 1, 3, 3]);
    release?.();
    await setup.world.run(6_000);
    expect(setup.offset(1)).toBe(3);
  });

  it('gives failed messages back to the broker', async () => {
    const setup = await Setup.create();
    const ids = await setup.send(4);
    const { got } = await setup.consumer({
      listener: async (messages, context) => {
        if (messages[0]?.messageId === ids[0]) throw new Error('not now');
        if (messages[0]?.messageId !== ids[1]) return 'success';
        context.delayLevel = 5;
        return 'reconsume-later';
      },
    });
    await setup.world.run(6_000);
    expect(got).toHaveLength(4);
    const { sentBack } = setup.broker.store;
    expect(sentBack).toHaveLength(2);
    expect(sentBack.map((each) => each.delayLevel).toSorted()).toEqual([0, 5]);
    expect([0, 1, 2, 3].map((id) => setup.offset(id))).toEqual([1, 1, 1, 1]);
    expect(setup.errors).toContain('the message listener: not now');
  });

  it('sends a failed message to the retry topic when the broker cannot take it back, and shows its old topic', async () => {
    const setup = await Setup.create();
    const [id] = await setup.send(1);
    setup.broker.refusesSendBack = true;
    const { got } = await setup.consumer({
      listener: async (messages) => (messages[0]?.reconsumeTimes === 0 ? 'reconsume-later' : 'success'),
    });
    await setup.world.run(21_000);
    expect(setup.broker.store.queue(`%RETRY%${GROUP}`, 0)[0]?.request).toMatchObject({
      reconsumeTimes: 1,
      maxReconsumeTimes: 16,
    });
    expect(got.map(({ topic, messageId, reconsumeTimes }) => ({ topic, messageId, reconsumeTimes }))).toEqual([
      { topic: 'T', messageId: id, reconsumeTimes: 0 },
      { topic: 'T', messageId: id, reconsumeTimes: 1 },
    ]);
    expect(got[1]?.properties).toMatchObject({ RETRY_TOPIC: 'T', ORIGIN_MESSAGE_ID: id, DELAY: '3' });
  });

  it('brings everything to every broadcasting member, and keeps its progress in a file', async () => {
    const setup = await Setup.create();
    const early = await setup.send(8);
    const options = { mode: 'broadcasting', offsetDirectory: '/offsets' } as const;
    const one = await setup.consumer({ ...options, host: 'm1', instanceName: 'one' });
    const two = await setup.consumer({ ...options, host: 'm2', instanceName: 'two' });
    await setup.world.run(6_000);
    expect(one.ids()).toEqual(early.toSorted());
    expect(two.ids()).toEqual(early.toSorted());
    await setup.settle(one.consumer.close());
    one.platform.crash();
    const late = await setup.send(4);
    const back = await setup.consumer({ ...options, host: 'm1', instanceName: 'one' });
    await setup.world.run(100);
    expect(back.ids()).toEqual(late.toSorted());
    expect(setup.broker.store.offsets.size).toBe(0);
  });

  it('follows the broker when offsets are gone, and an administrator who moves them', async () => {
    const setup = await Setup.create();
    await setup.send(40);
    setup.broker.store.offsets.set(`${GROUP}/T/0`, 3);
    setup.broker.store.minOffset = 8;
    const { got, consumer } = await setup.consumer();
    await setup.world.run(2_000);
    expect(got.filter((each) => each.queueId === 0).map((each) => each.queueOffset)).toEqual([8, 9]);
    expect(setup.offset(0)).toBeGreaterThanOrEqual(8);
    const body = resetOffsetBody.encode({ offsetTable: [[{ topic: 'T', brokerName: 'a', queueId: 0 }, 9]] });
    const fields = resetConsumerClientOffset.encodeRequest({ topic: 'T', group: GROUP, timestamp: 0, isForce: true });
    setup.broker.heartbeats.get(consumer.clientId)?.connection.oneway(resetConsumerClientOffset.code, fields, body);
    await setup.world.run(20_000);
    expect(got.filter((each) => each.queueId === 0).map((each) => each.queueOffset)).toEqual([8, 9, 9]);
  });

  it('goes on with another member of the broker group when one dies', async () => {
    const setup = await Setup.create(['b0', 'b1', 'b2']);
    const sent = await setup.send(8);
    const { ids } = await setup.consumer();
    await setup.world.run(100);
    setup.cluster.kill('b0');
    sent.push(...(await setup.send(8)));
    await setup.world.run(2_000);
    expect(ids()).toEqual(sent.toSorted());
    await setup.world.run(6_000);
    expect(setup.offset(0)).toBe(4);
  });

  it('makes itself known again soon after a broken connection', async () => {
    const setup = await Setup.create();
    const { consumer, platform } = await setup.consumer();
    await setup.world.run(1_000);
    setup.world.fabric.reset(platform.name, 'b0');
    await setup.world.run(50);
    expect(setup.broker.members(GROUP)).toEqual([]);
    await setup.world.run(1_000);
    expect(setup.broker.members(GROUP)).toEqual([consumer.clientId]);
    expect(consumer.queues).toHaveLength(5);
  });

  it('waits for a topic that comes into being later', async () => {
    const setup = await Setup.create();
    setup.cluster.topics = { ...setup.cluster.topics, Later: 2 };
    const { consumer } = await setup.consumer();
    consumer.subscribe('Later');
    await setup.world.run(500);
    await setup.cluster.register('b0', { epoch: 1 });
    await setup.world.run(4_000);
    expect(consumer.queues.filter((queue) => queue.topic === 'Later')).toHaveLength(2);
  });

  it('closes in time although the listener never ends, and leaves nothing behind', async () => {
    const setup = await Setup.create();
    await setup.send(4);
    const aborted: boolean[] = [];
    const { consumer, platform } = await setup.consumer({
      listener: (_messages, { signal }) => {
        signal.addEventListener('abort', () => aborted.push(true));
        return new Promise(() => {});
      },
    });
    await setup.world.run(100);
    const before = setup.world.nowMs;
    await setup.settle(consumer.close(500));
    expect(setup.world.nowMs - before).toBeLessThan(1_000);
    expect(aborted).toHaveLength(4);
    expect(setup.broker.unregistered).toContain(consumer.clientId);
    await setup.world.run(20_000);
    expect(platform.timers.pending).toBe(0);
  });

  it('closes in time although no broker answers any more', async () => {
    const setup = await Setup.create();
    await setup.send(4);
    const { consumer } = await setup.consumer();
    await setup.world.run(100);
    setup.broker.silent = true;
    const before = setup.world.nowMs;
    await setup.settle(consumer.close());
    expect(setup.world.nowMs - before).toBeLessThan(3_500);
  });

  it('refuses what cannot be subscribed or used', async () => {
    const setup = await Setup.create();
    const platform = setup.world.start('x');
    const options = { nameServers: setup.cluster.nameServers, group: GROUP };
    expect(() => new PushConsumer(platform, { ...options, concurrency: 0 })).toThrow(/concurrency is 0/);
    expect(() => new PushConsumer(platform, { ...options, mode: 'broadcasting' })).toThrow(/offsetDirectory/);
    const consumer = new PushConsumer(platform, options);
    expect(() => consumer.subscribe('T', '||')).toThrow(ClientError);
    expect(() => consumer.subscribe('a b')).toThrow(/topic is "a b"/);
    await expect(consumer.start(async () => 'success')).rejects.toThrow(/subscribe/);
  });
});
