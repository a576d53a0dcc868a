import { describe, expect, it } from 'vitest';
import { producerWorld } from './producer-world.ts';

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
    const { producer, failure, settle, broker, world } = await producerWorld();
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
    const { producer, settle } = await producerWorld();
    const queue = { topic: 'T', brokerName: 'a', queueId: 3 };
    expect((await settle(producer.send({ topic: 'T', body: 'x' }, { selector: () => queue }))).queue).toEqual(queue);
    await settle(producer.sendOneway({ topic: 'T', body: 'x' }, { selector: () => queue }));
  });
});
