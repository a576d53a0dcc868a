import { PullConsumer, type PullResult } from '../../src/client/consumer/pull-consumer.ts';
import type { MessageQueue } from '../../src/client/message-queue.ts';
import type { ReceivedMessage } from '../../src/client/received-message.ts';
import type { PolledMessage } from '../checker/history.ts';
import { NoFalseCorrection } from '../invariant/no-false-correction.ts';
import { receivedValue } from './received-value.ts';
import { type Client, callFailure, sleep, type Workload } from './workload.ts';

const noFalseCorrection = new NoFalseCorrection();

/** Reads the queues of all topics from their beginning, wherever a member answers; now and then asks how long a queue is. */
export async function runReader(workload: Workload, client: Client, group: string, pauseMs: number): Promise<void> {
  const consumer = new PullConsumer(client.process, { nameServers: workload.nameServer, group });
  await consumer.start();
  const { chance } = client;
  const process = workload.newProcess();
  const next = new Map<string, number>();
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    const topic = chance.pick(workload.topics);
    try {
      const queues = await consumer.queues(topic);
      if (queues.length === 0 || workload.stopped) continue;
      const queue = chance.pick(queues);
      if (chance.happens(0.1)) await askLength(workload, consumer, queue);
      else await pull(workload, consumer, process, queue, next);
      workload.ended('ok');
    } catch (error) {
      callFailure(error);
      // Nobody answered: a read that failed says nothing.
      workload.ended('fail');
    }
  }
  await consumer.close();
}

async function askLength(workload: Workload, consumer: PullConsumer, queue: MessageQueue): Promise<void> {
  const { history } = workload;
  const callNs = workload.nowNs();
  const length = await consumer.maxOffset(queue);
  const id = history.invoke(workload.newProcess(), 'max', `${queue.topic}/${queue.queueId}`, undefined, callNs, '');
  history.ok(id, workload.nowNs(), length);
}

async function pull(
  workload: Workload,
  consumer: PullConsumer,
  process: number,
  queue: MessageQueue,
  next: Map<string, number>,
): Promise<void> {
  const key = `${queue.topic}/${queue.queueId}`;
  const from = next.get(key) ?? 0;
  const callNs = workload.nowNs();
  const result = await consumer.pull(queue, from);
  record(workload, process, key, callNs, result.messages);
  judgeMove(workload, key, from, result);
  // Retention removed what would have come next: it goes on elsewhere, and skips nothing.
  if (result.nextOffset > from && result.messages.length === 0)
    workload.history.assigned(process, key, workload.nowNs());
  next.set(key, Math.max(from, result.nextOffset));
}

/** Writes down what a poll brought, and holds it against what is committed. */
export function record(
  workload: Workload,
  process: number,
  key: string,
  callNs: number,
  messages: readonly ReceivedMessage[],
): void {
  const polled: PolledMessage[] = [];
  for (const message of messages) {
    const { topic, queueId, queueOffset, commitLogOffset } = message;
    const value = receivedValue(message);
    workload.judge.seen({ topic, queueId, queueOffset, position: commitLogOffset, value });
    polled.push({ offset: queueOffset, value });
  }
  workload.history.poll(process, key, '', callNs, workload.nowNs(), polled);
}

function judgeMove(workload: Workload, key: string, from: number, result: PullResult): void {
  const text = result.status === 'moved' ? noFalseCorrection.moved(`a reader of ${key}`, from, result) : undefined;
  if (text !== undefined) workload.judge.broken(noFalseCorrection.name, text);
}
