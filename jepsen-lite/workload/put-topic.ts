import type { BrokerClient } from '../../src/client/broker-client.ts';
import { updateTopic } from '../../src/protocol/command/update-topic.ts';

const OPTIONS = { timeoutMs: 3_000 };

/** Makes or changes a topic. */
export async function putTopic(
  brokers: BrokerClient,
  address: string,
  topic: string,
  queues: { readonly readQueueNums: number; readonly writeQueueNums: number },
): Promise<void> {
  const config = {
    topic,
    defaultTopic: 'TBW102',
    ...queues,
    perm: 6,
    topicFilterType: 'SINGLE_TAG',
    order: false,
    force: false,
  };
  await brokers.request(updateTopic, address, config, undefined, OPTIONS);
}
