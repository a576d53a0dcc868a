import { BrokerClient } from '../../src/client/broker-client.ts';
import { deleteTopicInBroker } from '../../src/protocol/command/delete-topic-in-broker.ts';
import { updateTopic } from '../../src/protocol/command/update-topic.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import type { MetadataKept } from '../invariant/metadata-kept.ts';
import { type Client, sleep, type Workload } from './workload.ts';

const NAMES = ['X', 'Y', 'Z'];
const TIMEOUT_MS = 3_000;

/** Makes and removes topics, asking any member: one that does not lead hands the request on. Some are sent to as soon as they are there. */
export async function runAdministrator(
  workload: Workload,
  client: Client,
  metadata: MetadataKept,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const remoting = new RemotingClient({ platform: client.process });
  const brokers = new BrokerClient(remoting);
  const { chance } = client;
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    if (workload.stopped) break;
    const topic = chance.pick(NAMES);
    const address = chance.pick(addresses);
    const making = chance.happens(0.6);
    metadata.topicInDoubt(topic);
    try {
      if (making) await make(brokers, address, topic);
      else await brokers.request(deleteTopicInBroker, address, { topic }, undefined, { timeoutMs: TIMEOUT_MS });
      metadata.topicIs(topic, making);
      workload.ended('ok');
    } catch {
      // No answer, or a refusal: the topic stays in doubt, and a late effect must not be taken for a broken promise.
      await sleep(client, 2 * TIMEOUT_MS);
      workload.ended('info');
    }
  }
  remoting.close();
}

async function make(brokers: BrokerClient, address: string, topic: string): Promise<void> {
  const config = {
    topic,
    defaultTopic: 'TBW102',
    readQueueNums: 2,
    writeQueueNums: 2,
    perm: 6,
    topicFilterType: 'SINGLE_TAG',
    order: false,
    force: false,
  };
  await brokers.request(updateTopic, address, config, undefined, { timeoutMs: TIMEOUT_MS });
}
