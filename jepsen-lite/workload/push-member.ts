import { PushConsumer } from '../../src/client/consumer/push-consumer.ts';
import { messageValue } from '../invariant/ledger.ts';
import { type Client, sleep, type Workload } from './workload.ts';

/** A member of a consumer group that shares the queues, with long polls, rebalancing and offsets that are stored without an answer. */
export async function runPushMember(workload: Workload, client: Client, group: string): Promise<void> {
  const consumer = new PushConsumer(client.process, {
    nameServers: workload.nameServer,
    group,
    consumeFrom: 'first',
    persistMs: 1_000,
  });
  for (const topic of workload.topics) consumer.subscribe(topic);
  await consumer.start(async (messages) => {
    for (const { topic, queueId, queueOffset, commitLogOffset, body } of messages) {
      const value = messageValue(body) ?? '';
      workload.judge.seen({ topic, queueId, queueOffset, position: commitLogOffset, value });
    }
    return 'success';
  });
  while (!workload.stopped) await sleep(client, 200);
  await consumer.close();
}
