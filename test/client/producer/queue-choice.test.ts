import { describe, expect, it } from 'vitest';
import { SendError } from '../../../src/client/errors.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import { ClientWorld } from '../client-world.ts';

async function setUp() {
  const cluster = await ClientWorld.create();
  const { world, nameServers } = cluster;
  const broker = await cluster.addBroker('b0');
  const producer = new Producer(world.start('client'), { nameServers, group: 'g' });
  await producer.start();
  const settle = <Result>(promise: Promise<Result>) => world.settle(promise);
  const failure = async (promise: Promise<unknown>): Promise<SendError> => {
    const error = await settle(promise.catch((reason: unknown) => reason));
    expect(error).toBeInstanceOf(SendError);
    return error as SendError;
  };
  return { producer, settle, failure, world, broker };
}

describe('a queue selector', () => {
  it.each<[string, () => unknown, string]>([
    ['nothing', () => undefined, 'returned undefined; it must return one of the queues'],
    [
      'a queue of others',
      () => ({ topic: 'T', brokerName: 'z', queueId: 0 }),
      'returned MessageQueue [topic=T, brokerName=z, queueId=0], which is none of the queues',
    ],
    [
      'an error',
      () => {
        throw new Error('odd');
      },
      'threw: Error: odd',
    ],
  ])('fails at once when a selector gives %s', async (_what, select, expected) => {
    const { producer, failure, settle, broker, world } = await setUp();
    await settle(producer.queues('T'));
    const selector = select as never;
    const before = world.nowMs;
    const error = await failure(producer.send({ topic: 'T', body: 'x' }, { selector }));
    expect(world.nowMs).toBe(before);
    expect(error).toMatchObject({ code: 'invalid-argument', retryable: false, outcome: 'not-stored' });
    expect(error.message).toContain(`the queue selector ${expected}`);
    const oneway = producer.sendOneway({ topic: 'T', body: 'x' }, { selector }).catch((reason: unknown) => reason);
    expect(await settle(oneway)).toMatchObject({ code: 'invalid-argument' });
    expect(broker.sends).toBe(0);
  });

  it('takes a queue that equals one of the given', async () => {
    const { producer, settle } = await setUp();
    const queue = { topic: 'T', brokerName: 'a', queueId: 3 };
    expect((await settle(producer.send({ topic: 'T', body: 'x' }, { selector: () => queue }))).queue).toEqual(queue);
    await settle(producer.sendOneway({ topic: 'T', body: 'x' }, { selector: () => queue }));
  });
});
