import { createPullConsumer, type MessageQueue, type PullConsumer } from '../../../src/index.ts';
import type { Stored } from './audit.ts';
import { until } from './until.ts';

const BATCH = 256;
const PATIENCE_MS = 20_000;

/** Reads a whole topic, queue by queue, through a consumer of its own. */
export async function readBack(nameServers: string, topic: string): Promise<Stored[]> {
  const consumer = createPullConsumer({ nameServers, group: 'failover-reader' });
  await consumer.start();
  try {
    const queues = await until(`a route of ${topic}`, PATIENCE_MS, async () => {
      const found = await consumer.queues(topic);
      return found.length > 0 && found;
    });
    const parts = await Promise.all(queues.map((queue) => readQueue(consumer, queue)));
    return parts.flat();
  } finally {
    await consumer.close();
  }
}

async function readQueue(consumer: PullConsumer, queue: MessageQueue): Promise<Stored[]> {
  const stored: Stored[] = [];
  const end = await consumer.maxOffset(queue);
  let next = await consumer.minOffset(queue);
  while (next < end) {
    const { status, messages, nextOffset } = await consumer.pull(queue, next, { maxMessages: BATCH });
    if (status !== 'found') throw new Error(`queue ${queue.queueId} answers ${status} at ${next}, but ends at ${end}`);
    for (const { queueId, queueOffset, messageId, body } of messages) {
      stored.push({ queueId, queueOffset, messageId, body: body.toString() });
    }
    next = nextOffset;
  }
  return stored;
}
