import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ClientError, SendError } from '../../../src/client/errors.ts';
import type { SendRetry } from '../../../src/client/events.ts';
import { Producer, type ProducerOptions } from '../../../src/client/producer/producer.ts';
import type { SendResult } from '../../../src/client/producer/send-result.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { decodeProperties } from '../../../src/protocol/message/properties.ts';
import { ClientWorld } from '../client-world.ts';

async function setUp(hosts: readonly string[] = ['b0'], options: Partial<ProducerOptions> = {}) {
  const cluster = await ClientWorld.create();
  const brokers = [];
  for (const [id, host] of hosts.entries()) brokers.push(await cluster.addBroker(host, 'a', id));
  const platform = cluster.world.start('client');
  const producer = new Producer(platform, { nameServers: cluster.nameServers, group: 'g', ...options });
  const retries: SendRetry[] = [];
  producer.on('send-retry', (retry) => retries.push(retry));
  await producer.start();
  const settle = <Result>(promise: Promise<Result>) => cluster.world.settle(promise);
  const failure = async (promise: Promise<unknown>): Promise<SendError> => {
    const error = await settle(
      promise.then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    );
    expect(error).toBeInstanceOf(SendError);
    return error as SendError;
  };
  return { cluster, world: cluster.world, brokers, broker: brokers[0]!, platform, producer, retries, settle, failure };
}

describe('Producer.send', () => {
  it('goes round the queues and tells where each message is', async () => {
    const { producer, settle, broker } = await setUp();
    const results: SendResult[] = [];
    for (let count = 0; count < 8; count++) {
      results.push(
        await settle(
          producer.send({ topic: 'T', body: `m${count}`, tags: 'A', keys: ['k1', 'k2'], properties: { p: 'v' } }),
        ),
      );
    }
    expect(results.map((each) => each.queueOffset)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(new Set(results.slice(0, 4).map((each) => each.queue.queueId)).size).toBe(4);
    expect(results[0]).toMatchObject({ status: 'SEND_OK', attempts: 1, region: 'DefaultRegion', traceOn: true });
    const stored = broker.store.all('T').find((each) => each.messageId === results[3]?.messageId);
    expect(stored?.body.toString()).toBe('m3');
    expect(Object.fromEntries(decodeProperties(stored?.properties ?? ''))).toEqual({
      UNIQ_KEY: results[3]?.messageId,
      WAIT: 'true',
      TAGS: 'A',
      KEYS: 'k1 k2',
      p: 'v',
    });
    expect(results[3]?.offsetMessageId).toMatch(/^[0-9A-F]{32}$/);
  });

  it('sends equal keys to one queue, and to the queue that is named or selected', async () => {
    const { producer, settle } = await setUp();
    const queueIds: number[] = [];
    for (let count = 0; count < 5; count++) {
      queueIds.push((await settle(producer.send({ topic: 'T', body: 'x' }, { key: 'order-7' }))).queue.queueId);
    }
    expect(new Set(queueIds).size).toBe(1);
    const queue = { topic: 'T', brokerName: 'a', queueId: 3 };
    expect((await settle(producer.send({ topic: 'T', body: 'x' }, { queue }))).queue).toEqual(queue);
    const selector = (queues: readonly (typeof queue)[]) => queues.at(-1)!;
    expect((await settle(producer.send({ topic: 'T', body: 'x' }, { selector }))).queue).toEqual(queue);
  });

  it('compresses large bodies', async () => {
    const { producer, settle, broker } = await setUp();
    await settle(producer.send({ topic: 'T', body: Buffer.alloc(4_096, 'z') }));
    await settle(producer.send({ topic: 'T', body: Buffer.alloc(4_095, 'z') }));
    const [large, small] = broker.store.all('T').sort((a, b) => a.body.length - b.body.length);
    expect(large?.request.sysFlag).toBe(0x301);
    expect(inflateSync(large!.body)).toHaveLength(4_096);
    expect(small?.request.sysFlag).toBe(0);
  });

  it('sends a batch to one queue', async () => {
    const { producer, settle, broker } = await setUp();
    const result = await settle(
      producer.sendBatch([1, 2, 3].map((n) => ({ topic: 'T', body: `m${n}`, tags: `t${n}` }))),
    );
    expect(result.messageId.split(',')).toHaveLength(3);
    expect(result.offsetMessageId.split(',')).toHaveLength(3);
    const stored = broker.store.queue('T', result.queue.queueId);
    expect(stored.map((each) => each.body.toString())).toEqual(['m1', 'm2', 'm3']);
    expect(stored.map((each) => each.messageId)).toEqual(result.messageId.split(','));
  });

  it('sends oneway without an answer', async () => {
    const { producer, settle, world, broker } = await setUp();
    await settle(producer.sendOneway({ topic: 'T', body: 'x' }));
    await world.run(10);
    expect(broker.store.all('T')).toHaveLength(1);
  });

  it('uses the auto-creation topic for a topic that nobody has, and the real route once there is one', async () => {
    const { producer, settle, cluster, broker, world } = await setUp();
    cluster.topics = { T: 4, TBW102: 8 };
    await cluster.register('b0', { epoch: 1 });
    const result = await settle(producer.send({ topic: 'New', body: 'x' }));
    expect(broker.store.queue('New', result.queue.queueId)[0]?.request).toMatchObject({
      defaultTopic: 'TBW102',
      defaultTopicQueueNums: 4,
    });
    expect(await producer.queues('New')).toHaveLength(4);
    cluster.topics = { T: 4, TBW102: 8, New: 2 };
    await cluster.register('b0', { epoch: 2 });
    await world.run(1_100);
    expect(await producer.queues('New')).toHaveLength(2);
  });

  it('refuses what cannot be sent with one sentence', async () => {
    const { producer, failure, broker } = await setUp([...['b0']], { maxMessageBytes: 100 });
    const cases: [Parameters<Producer['send']>[0], RegExp][] = [
      [{ topic: 'not a topic', body: 'x' }, /topic is "not a topic"/],
      [{ topic: 'T', body: '' }, /empty/],
      [{ topic: 'T', body: 'x'.repeat(101) }, /101 bytes; at most 100/],
      [{ topic: 'T', body: 'x', tags: 'a\u0001b' }, /U\+0001/],
      [{ topic: 'T', body: 'x', properties: { p: 'a\u0002N\u0001c' } }, /U\+0001/],
      [{ topic: 'T', body: 'x', properties: { UNIQ_KEY: 'mine' } }, /UNIQ_KEY is set by the system/],
      [{ topic: 'T', body: 'x', properties: { p: 'ä'.repeat(20_000) } }, /at most 32767/],
    ];
    for (const [message, expected] of cases) {
      const error = await failure(producer.send(message));
      expect(error.message).toMatch(expected);
      expect(error).toMatchObject({ code: 'invalid-argument', retryable: false, outcome: 'not-stored' });
    }
    expect(broker.sends).toBe(0);
  });

  it('says so when nobody has the topic, and when no name server answers', async () => {
    const { producer, failure, cluster } = await setUp();
    expect(await failure(producer.send({ topic: 'X', body: 'x' }))).toMatchObject({
      code: 'no-route',
      outcome: 'not-stored',
    });
    await cluster.world.settle(cluster.nameServer.stop());
    expect(await failure(producer.send({ topic: 'Y', body: 'x' }))).toMatchObject({
      code: 'no-name-server',
      retryable: true,
    });
  });
});

describe('Producer: failures', () => {
  it('gives up at once on an answer that will not change', async () => {
    const { producer, failure, broker } = await setUp();
    broker.onSend = (context) => {
      context.reply(ResponseCode.MESSAGE_ILLEGAL, 'too odd');
      return true;
    };
    const error = await failure(producer.send({ topic: 'T', body: 'x' }));
    expect(error).toMatchObject({ code: 'refused', responseCode: 13, retryable: false, outcome: 'not-stored' });
    expect(error.attempts).toHaveLength(1);
    expect(error.message).toContain('13 MESSAGE_ILLEGAL: too odd');
  });

  it('repeats "no permission" and "system error" only as often as asked for', async () => {
    const { producer, failure, broker } = await setUp(['b0'], { retries: 3 });
    broker.onSend = (context) => {
      context.reply(ResponseCode.SYSTEM_ERROR, 'strange');
      return true;
    };
    const error = await failure(producer.send({ topic: 'T', body: 'x' }));
    expect(error.attempts).toHaveLength(4);
    expect(error.outcome).toBe('unknown');
  });

  it('keeps trying a broker that does not serve until the time is up', async () => {
    const { producer, failure, broker, world } = await setUp();
    broker.onSend = (context) => {
      context.reply(ResponseCode.SERVICE_NOT_AVAILABLE, 'no leader');
      return true;
    };
    const before = world.nowMs;
    const error = await failure(producer.send({ topic: 'T', body: 'x' }, { timeoutMs: 2_000 }));
    expect(error).toMatchObject({ code: 'timeout', outcome: 'not-stored', responseCode: 14 });
    expect(world.nowMs - before).toBeGreaterThanOrEqual(1_900);
    expect(world.nowMs - before).toBeLessThanOrEqual(2_051);
    expect(error.attempts.length).toBeGreaterThan(10);
    expect(error.attempts.length).toBeLessThan(60);
  });

  it('resends with the same UNIQ_KEY when the outcome is unknown', async () => {
    const { producer, settle, broker, retries } = await setUp();
    broker.onSend = (context, request) => {
      if (broker.sends > 1) return false;
      broker.store.append(request, context.command.body, request.properties ?? '', 0);
      context.reply(ResponseCode.SYSTEM_ERROR, 'outcome unknown: the leader stepped down');
      return true;
    };
    const result = await settle(producer.send({ topic: 'T', body: 'x' }));
    expect(result.attempts).toBe(2);
    expect(broker.store.all('T').map((each) => each.messageId)).toEqual([result.messageId, result.messageId]);
    expect(retries).toMatchObject([{ attempt: 1, address: 'b0:10911', messageId: result.messageId }]);
  });

  it('waits at most a second for one member, then tries another of the group', async () => {
    const { producer, settle, brokers, world } = await setUp(['b0', 'b1', 'b2']);
    await settle(producer.send({ topic: 'T', body: 'x' }));
    brokers[0]!.silent = true;
    const before = world.nowMs;
    const result = await settle(producer.send({ topic: 'T', body: 'y' }));
    expect(result.attempts).toBe(2);
    expect(world.nowMs - before).toBeGreaterThanOrEqual(1_000);
    expect(world.nowMs - before).toBeLessThan(1_100);
    expect(brokers[1]!.sends).toBe(1);
  });

  it('finds the new leader a moment after the old one died', async () => {
    const { producer, settle, brokers, cluster, world } = await setUp(['b0', 'b1', 'b2']);
    const none = (context: Parameters<(typeof brokers)[0]['onSend']>[0]) => {
      context.reply(ResponseCode.SERVICE_NOT_AVAILABLE, 'no leader');
      return true;
    };
    brokers[1]!.onSend = none;
    brokers[2]!.onSend = none;
    await settle(producer.send({ topic: 'T', body: 'x' }));
    cluster.kill('b0');
    const before = world.nowMs;
    const sending = producer.send({ topic: 'T', body: 'y' });
    await world.run(100);
    brokers[2]!.onSend = () => false;
    const electedAfterMs = world.nowMs - before;
    await settle(sending);
    expect(world.nowMs - before - electedAfterMs).toBeLessThan(50);
    const again = world.nowMs;
    await cluster.register('b2', { brokerId: 0, epoch: 1 });
    expect((await settle(producer.send({ topic: 'T', body: 'z' }))).attempts).toBeLessThanOrEqual(2);
    expect(world.nowMs - again).toBeLessThan(150);
  });

  it('does not hammer a group without a leader with a thousand waiting messages, and sends all once it has one', async () => {
    const { producer, brokers, world } = await setUp(['b0', 'b1', 'b2']);
    for (const broker of brokers) {
      broker.onSend = (context) => {
        context.reply(ResponseCode.SERVICE_NOT_AVAILABLE, 'no leader');
        return true;
      };
    }
    const sends = Array.from({ length: 1_000 }, (_, n) => producer.send({ topic: 'T', body: `m${n}` }));
    const all = Promise.all(sends);
    await world.run(100);
    const requests = brokers.map((broker) => broker.sends).reduce((a, b) => a + b);
    await world.run(1_000);
    expect(brokers.map((broker) => broker.sends).reduce((a, b) => a + b) - requests).toBeLessThan(300);
    brokers[1]!.onSend = () => false;
    const before = world.nowMs;
    const results = await world.settle(all);
    expect(world.nowMs - before).toBeLessThan(150);
    expect(new Set(brokers[1]!.store.all('T').map((each) => each.body.toString())).size).toBe(1_000);
    expect(results).toHaveLength(1_000);
  });

  it('moves to another broker group when one is away', async () => {
    const { producer, settle, cluster } = await setUp(['b0']);
    await cluster.addBroker('c0', 'c', 0);
    await settle(producer.send({ topic: 'T', body: 'x' }));
    await cluster.world.run(31_000);
    cluster.kill('b0');
    for (let count = 0; count < 8; count++) {
      const result = await settle(producer.send({ topic: 'T', body: 'x' }));
      expect(result.queue.brokerName).toBe('c');
      expect(result.attempts).toBeLessThanOrEqual(2);
    }
  });

  it('works while one of two name servers is away', async () => {
    const { cluster, settle } = await setUp();
    for (let seed = 0; seed < 4; seed++) {
      const platform = cluster.world.start(`client${seed}`);
      const producer = new Producer(platform, { nameServers: `nowhere:1;${cluster.nameServers}`, group: 'g' });
      await producer.start();
      expect((await settle(producer.send({ topic: 'T', body: 'x' }))).status).toBe('SEND_OK');
      await settle(producer.close());
    }
  });
});

describe('Producer: giving up and closing', () => {
  it('stops when the caller aborts, and says that the message may be stored', async () => {
    const { producer, failure, broker, world } = await setUp();
    broker.silent = true;
    const abort = new AbortController();
    const sending = producer.send({ topic: 'T', body: 'x' }, { signal: abort.signal });
    await world.run(50);
    abort.abort();
    expect(await failure(sending)).toMatchObject({ code: 'aborted', outcome: 'unknown' });
    const early = await failure(producer.send({ topic: 'T', body: 'x' }, { signal: abort.signal }));
    expect(early).toMatchObject({ code: 'aborted', outcome: 'not-stored' });
  });

  it('refuses to send before the start and after the close', async () => {
    const { producer, failure, settle, platform, cluster } = await setUp();
    const fresh = new Producer(platform, { nameServers: cluster.nameServers, group: 'g' });
    expect((await failure(fresh.send({ topic: 'T', body: 'x' }))).message).toContain('not started');
    await settle(producer.close());
    expect((await failure(producer.send({ topic: 'T', body: 'x' }))).message).toContain('closed');
    await settle(producer.close());
  });

  it('waits at a close for what is under way, and says goodbye', async () => {
    const { producer, settle, broker, world } = await setUp();
    await settle(producer.send({ topic: 'T', body: 'x' }));
    await world.run(10);
    expect(broker.heartbeats.has(producer.clientId)).toBe(true);
    const sends = Array.from({ length: 50 }, () => producer.send({ topic: 'T', body: 'x' }));
    const closing = producer.close();
    expect((await settle(Promise.all(sends))).every((each) => each.status === 'SEND_OK')).toBe(true);
    await settle(closing);
    expect(broker.unregistered).toEqual([producer.clientId]);
  });

  it('ends the close in time although nobody answers any more', async () => {
    const { producer, settle, broker, world } = await setUp();
    await settle(producer.send({ topic: 'T', body: 'x' }));
    broker.silent = true;
    const sends = Array.from({ length: 100 }, () => producer.send({ topic: 'T', body: 'x' }, { timeoutMs: 60_000 }));
    const outcomes = Promise.allSettled(sends);
    const before = world.nowMs;
    await settle(producer.close(500));
    expect(world.nowMs - before).toBeLessThan(1_600);
    const errors = (await outcomes).map((each) => (each as PromiseRejectedResult).reason as SendError);
    expect(new Set(errors.map((each) => each.code))).toEqual(new Set(['closed']));
    expect(new Set(errors.map((each) => each.outcome))).toEqual(new Set(['unknown']));
  });

  it('leaves no timer behind after a close', async () => {
    const { producer, settle, platform, world } = await setUp();
    await settle(producer.send({ topic: 'T', body: 'x' }));
    await settle(producer.close());
    await world.run(5_000);
    expect(platform.timers.pending).toBe(0);
  });

  it('refuses options that cannot be used', async () => {
    const { platform } = await setUp();
    for (const options of [
      { nameServers: '', group: 'g' },
      { nameServers: 'host', group: 'g' },
      { nameServers: 'h:1', group: 'a b' },
    ]) {
      expect(() => new Producer(platform, options)).toThrow(ClientError);
    }
  });
});
