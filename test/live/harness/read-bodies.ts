import type { Group } from '../../../cluster/launch/group.ts';
import { PullConsumer } from '../../../src/client/consumer/pull-consumer.ts';

/** Bodies of every message of a topic, from whoever has it. */
export async function readBodies(group: Group, topic: string): Promise<string[]> {
  const consumer = new PullConsumer(group.platform, { nameServers: group.nameServer, group: 'reader' });
  await consumer.start();
  const bodies: string[] = [];
  for (const queue of await consumer.queues(topic)) {
    let offset = await consumer.minOffset(queue);
    const max = await consumer.maxOffset(queue);
    while (offset < max) {
      const { messages, nextOffset } = await consumer.pull(queue, offset);
      bodies.push(...messages.map(({ body }) => body.toString()));
      offset = nextOffset;
    }
  }
  await consumer.close();
  return bodies;
}
