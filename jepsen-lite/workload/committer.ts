import { PullConsumer } from '../../src/client/consumer/pull-consumer.ts';
import { ClientError } from '../../src/client/errors.ts';
import type { MessageQueue } from '../../src/client/message-queue.ts';
import type { MetadataKept } from '../invariant/metadata-kept.ts';
import { type Client, NAME_SERVER, sleep, type Workload } from './workload.ts';

const GROUP = 'committer';

/** Stores rising progress of its group, waits for each answer, and reads it back: it must be what was stored last. */
export async function runCommitter(
  workload: Workload,
  client: Client,
  metadata: MetadataKept,
  pauseMs: number,
): Promise<void> {
  const consumer = new PullConsumer(client.process, { nameServers: NAME_SERVER, group: GROUP });
  await consumer.start();
  const { chance } = client;
  const stored = new Map<string, number>();
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    try {
      const queues = await consumer.queues(chance.pick(workload.topics));
      const queue = queues[chance.below(queues.length)];
      if (queue === undefined || workload.stopped) continue;
      if (chance.happens(0.4)) await readBack(workload, consumer, queue, stored);
      else await store(consumer, queue, stored, metadata);
      workload.ended('ok');
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      workload.ended('info');
    }
  }
  await consumer.close();
}

async function store(
  consumer: PullConsumer,
  queue: MessageQueue,
  stored: Map<string, number>,
  metadata: MetadataKept,
): Promise<void> {
  const key = keyOf(queue);
  const next = (stored.get(key) ?? 0) + 1;
  await consumer.commit(queue, next);
  stored.set(key, next);
  metadata.offsetStored(GROUP, queue.topic, queue.queueId, next);
}

/** A write without an answer may have taken effect: then it is one more. */
async function readBack(
  workload: Workload,
  consumer: PullConsumer,
  queue: MessageQueue,
  stored: Map<string, number>,
): Promise<void> {
  const before = stored.get(keyOf(queue));
  const read = await consumer.committedOffset(queue);
  if (before === undefined || (read !== undefined && (read === before || read === before + 1))) return;
  const text = `the offset of ${GROUP} in ${keyOf(queue)} was stored as ${before} and read as ${read}`;
  workload.judge.broken('fresh-offset', text);
}

function keyOf({ topic, queueId }: MessageQueue): string {
  return `${topic}/${queueId}`;
}
