import { PushConsumer } from '../../src/client/consumer/push-consumer.ts';
import type { ReceivedMessage } from '../../src/client/received-message.ts';
import { receivedValue } from './received-value.ts';
import { type Client, sleep, type Workload } from './workload.ts';

const LOOK_MS = 200;

/**
 * A member of a consumer group that shares the queues, with long polls, rebalancing and offsets that are stored without an answer. Where `stintMs` is given, it leaves within that time, and
 * comes back as a new instance that goes on where the stored offsets say.
 */
export async function runPushMember(
  workload: Workload,
  client: Client,
  group: string,
  stintMs?: number,
): Promise<void> {
  while (!workload.consumersStopped) {
    const consumer = new PushConsumer(client.process, {
      nameServers: workload.nameServer,
      group,
      consumeFrom: 'first',
      persistMs: 1_000,
    });
    for (const topic of workload.topics) consumer.subscribe(topic);
    const take = taker(workload, group);
    await consumer.start(async (messages) => {
      messages.forEach(take);
      return 'success';
    });
    const endMs = stintMs === undefined ? Number.POSITIVE_INFINITY : client.chance.between(stintMs / 4, stintMs);
    for (let ms = 0; ms < endMs && !workload.consumersStopped; ms += LOOK_MS) await sleep(client, LOOK_MS);
    await consumer.close();
  }
}

/** Writes down what one instance is given, and holds it against what is committed. */
function taker(workload: Workload, group: string): (message: ReceivedMessage) => void {
  const { history, judge, consumption } = workload;
  const process = workload.newProcess();
  history.consumes(process, group);
  const next = new Map<string, number>();
  return (message) => {
    const { topic, queueId, queueOffset, commitLogOffset } = message;
    const value = receivedValue(message);
    judge.seen({ topic, queueId, queueOffset, position: commitLogOffset, value });
    const key = `${topic}/${queueId}`;
    const nowNs = workload.nowNs();
    // Something may come again, and what retention removed never comes: that the group as a whole got everything is for checkConsumption to say.
    if (next.get(key) !== queueOffset) history.assigned(process, key, nowNs);
    next.set(key, queueOffset + 1);
    history.poll(process, key, '', nowNs, nowNs, [{ offset: queueOffset, value }]);
    consumption.consumed(key, queueOffset);
  };
}
