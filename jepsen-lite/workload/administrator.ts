import { BrokerClient } from '../../src/client/broker-client.ts';
import { deleteTopicInBroker } from '../../src/protocol/command/delete-topic-in-broker.ts';
import { updateTopic } from '../../src/protocol/command/update-topic.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { type Client, callFailure, type MetadataRecord, sleep, type Workload } from './workload.ts';

const TOPICS = 3;
const TIMEOUT_MS = 3_000;

/**
 * Makes and removes topics, asking any member: one that does not lead hands the request on. A request whose outcome is unknown may take effect at any
 * later time: then its topic is left alone, and another takes its place.
 */
export async function runAdministrator(
  workload: Workload,
  client: Client,
  metadata: MetadataRecord,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const remoting = new RemotingClient({ platform: client.process });
  const brokers = new BrokerClient(remoting);
  const { chance } = client;
  const generations = Array.from({ length: TOPICS }, () => 0);
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    if (workload.stopped) break;
    const number = chance.below(TOPICS);
    const topic = `X${number}-${generations[number]}`;
    const address = chance.pick(addresses);
    const making = chance.happens(0.6);
    metadata.topicInDoubt(topic);
    try {
      if (making) await make(brokers, address, topic);
      else await brokers.request(deleteTopicInBroker, address, { topic }, undefined, { timeoutMs: TIMEOUT_MS });
      metadata.topicIs(topic, making);
      workload.ended('ok');
    } catch (error) {
      callFailure(error);
      generations[number]! += 1;
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
