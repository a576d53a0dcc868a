import { describe, expect, it } from 'vitest';
import { Chance } from '../../../jepsen-lite/sim/chance.ts';
import { PushConsumer } from '../../../src/client/consumer/push-consumer.ts';
import { queueKey } from '../../../src/client/message-queue.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { VirtualPlatform } from '../../support/virtual-platform.ts';
import { ClientWorld } from '../client-world.ts';

const GROUP = 'cg';

interface Running {
  readonly consumer: PushConsumer;
  readonly platform: VirtualPlatform;
}

/** Members of a group come, go and die at random times while messages are sent, with two broker groups. */
async function churn(seed: number) {
  const cluster = await ClientWorld.create(seed);
  const { world } = cluster;
  cluster.topics = { T: 5, [`%RETRY%${GROUP}`]: 1 };
  await cluster.addBroker('a0', 'a', 0);
  await cluster.addBroker('b0', 'b', 0);
  const producer = new Producer(world.start('sender'), { nameServers: cluster.nameServers, group: 'g' });
  await producer.start();
  const chance = new Chance(seed, 'churn');
  const sent: string[] = [];
  const seen = new Map<string, number>();
  let running: Running[] = [];
  let born = 0;
  const join = async () => {
    const platform = world.start(`c${born++}`);
    const consumer = new PushConsumer(platform, {
      nameServers: cluster.nameServers,
      group: GROUP,
      consumeFrom: 'first',
    });
    consumer.subscribe('T');
    await world.settle(
      consumer.start(async (messages) => {
        for (const { messageId } of messages) seen.set(messageId, (seen.get(messageId) ?? 0) + 1);
        return 'success';
      }),
    );
    running.push({ consumer, platform });
  };
  await join();
  for (let step = 0; step < 25; step++) {
    const what = chance.below(10);
    const victim = running[chance.below(running.length)];
    if (what < 4 && running.length < 6) {
      await join();
    } else if (what < 6 && running.length > 1 && victim !== undefined) {
      running = running.filter((each) => each !== victim);
      await world.settle(victim.consumer.close());
    } else if (what === 6 && running.length > 1 && victim !== undefined) {
      running = running.filter((each) => each !== victim);
      victim.platform.crash();
    }
    for (let count = chance.below(6); count > 0; count--) {
      sent.push((await world.settle(producer.send({ topic: 'T', body: 'x' }))).messageId);
    }
    await world.run(chance.below(3_000));
  }
  await world.run(60_000);
  return { cluster, sent, seen, running };
}

describe('a consumer group whose members come and go', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'ends with each queue at exactly one member and every message consumed (seed %i)',
    async (seed) => {
      const { cluster, sent, seen, running } = await churn(seed);
      const queues = running.flatMap(({ consumer }) =>
        consumer.queues.filter(({ topic }) => topic === 'T').map(queueKey),
      );
      expect(queues.toSorted()).toEqual(['a', 'b'].flatMap((name) => [0, 1, 2, 3, 4].map((id) => `T ${name} ${id}`)));
      expect(sent.filter((id) => !seen.has(id))).toEqual([]);
      for (const [name, store] of cluster.stores) {
        for (let id = 0; id < 5; id++) {
          const offset = store.offsets.get(`${GROUP}/T/${id}`) ?? 0;
          expect([name, id, offset]).toEqual([name, id, store.queue('T', id).length]);
        }
      }
    },
  );
});
