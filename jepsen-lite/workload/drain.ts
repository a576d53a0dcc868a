import { PullConsumer } from '../../src/client/consumer/pull-consumer.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { StoredQueue, StoredQueues } from '../checker/consumption.ts';
import type { PolledMessage } from '../checker/history.ts';
import { type Ask, askOnce } from './ask.ts';
import { record } from './reader.ts';
import type { Workload } from './workload.ts';

/**
 * Reads all that is stored, from the first to the last message of each queue, and returns which queues there are. Rejects if that cannot be done. What retention has removed counts as read as
 * it was committed: every message was held against that when it was acknowledged, and when a reader saw it.
 */
export async function drain(
  workload: Workload,
  process: Platform,
  topics: readonly string[],
  ask: Ask = askOnce,
): Promise<StoredQueues> {
  const queues = new Map<string, StoredQueue>();
  const consumer = new PullConsumer(process, { nameServers: workload.nameServer, group: 'drain' });
  await consumer.start();
  for (const topic of topics) {
    for (const queue of await ask(() => consumer.queues(topic))) {
      const key = `${topic}/${queue.queueId}`;
      const reader = workload.newProcess();
      const end = await ask(() => consumer.maxOffset(queue));
      const start = await ask(() => consumer.minOffset(queue));
      queues.set(key, { start, end });
      recordRemoved(workload, topic, queue.queueId, 0, start);
      for (let offset = start; offset < end; ) {
        const callNs = workload.nowNs();
        const { messages, nextOffset } = await ask(() => consumer.pull(queue, offset));
        const found = messages[0]?.queueOffset ?? nextOffset;
        if (found > offset) {
          // Retention went on since the queue was asked where it begins.
          const begins = await ask(() => consumer.minOffset(queue));
          queues.set(key, { start: begins, end });
          recordRemoved(workload, topic, queue.queueId, offset, Math.min(found, begins));
        }
        record(workload, reader, key, callNs, messages);
        if (nextOffset <= offset) throw new Error(`${key} ends at ${offset}, but its length is ${end}`);
        offset = nextOffset;
      }
    }
  }
  await consumer.close();
  return queues;
}

function recordRemoved(workload: Workload, topic: string, queueId: number, start: number, end: number): void {
  const { history, judge } = workload;
  const polled: PolledMessage[] = [];
  for (let offset = start; offset < end; offset++) {
    const value = judge.ledger.at(topic, queueId, offset);
    if (value !== undefined) polled.push({ offset, value });
  }
  const nowNs = workload.nowNs();
  if (polled.length > 0) history.poll(workload.newProcess(), `${topic}/${queueId}`, '', nowNs, nowNs, polled);
}
