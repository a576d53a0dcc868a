import { describe, expect, it } from 'vitest';
import { PushConsumer } from '../../src/client/consumer/push-consumer.ts';
import type { SendError } from '../../src/client/errors.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { DledgerWorld } from '../cluster/dledger/dledger-world.ts';

/** Virtual milliseconds from the death of a leader to the next acknowledgement, election included. */
const LONGEST_OUTAGE_MS = 300;

describe('the clients while a group changes its leader', () => {
  it('send on within 300 ms after each death of a leader, fail no send, and miss no message', async () => {
    const group = await DledgerWorld.serving();
    const { world, client } = group;
    const producer = new Producer(client, { nameServers: 'ns:9876', group: 'g' });
    await producer.start();
    const acknowledged: string[] = [];
    const errors: SendError[] = [];
    let lastMs = 0;
    let running = true;
    const send = async (sender: number): Promise<void> => {
      for (let n = 0; running; n++) {
        try {
          const result = await producer.send({ topic: 'T', body: `${sender}/${n}` });
          acknowledged.push(result.messageId);
          lastMs = world.nowMs;
        } catch (error) {
          errors.push(error as SendError);
        }
        await new Promise<void>((resolve) => client.timers.after(25, resolve));
      }
    };
    await world.settle(producer.send({ topic: 'T', body: 'first' }));
    await world.run(2_000);
    const consumed = new Set<string>();
    const consumer = new PushConsumer(client, { nameServers: 'ns:9876', group: 'cg', consumeFrom: 'first' });
    consumer.subscribe('T');
    await world.settle(
      consumer.start(async (messages) => {
        for (const { messageId } of messages) consumed.add(messageId);
        return 'success';
      }),
    );
    const senders = Promise.all(Array.from({ length: 8 }, (_, sender) => send(sender)));
    await world.run(1_000);
    const outages: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { leader } = group;
      const killedAtMs = world.nowMs;
      group.kill(leader);
      lastMs = killedAtMs;
      while (lastMs - killedAtMs < 1) await world.run(1);
      outages.push(lastMs - killedAtMs);
      await world.run(500);
      await group.start(leader);
      await world.run(2_000);
    }
    running = false;
    await world.settle(senders);
    await world.run(2_000);
    expect(errors).toEqual([]);
    expect(Math.max(...outages)).toBeLessThan(LONGEST_OUTAGE_MS);
    expect(acknowledged.filter((id) => !consumed.has(id))).toEqual([]);
    await world.settle(Promise.all([producer.close(), consumer.close()]));
  });
});
