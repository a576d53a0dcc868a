import { BrokerClient } from '../../src/client/broker-client.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { topicConfig } from '../../src/protocol/body/topic-config.ts';
import { BodyError } from '../../src/protocol/body-error.ts';
import { getTopicConfig } from '../../src/protocol/command/get-topic-config.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { type Ask, askOnce } from './ask.ts';
import { askBrokers } from './ask-brokers.ts';
import { putTopic } from './put-topic.ts';
import { recordWrite } from './record-write.ts';
import type { Client, Workload } from './workload.ts';

const TOPICS = ['S0', 'S1'];
/** A topic has so many queues at most; each number is written once. */
const MOST_VALUES = 65_536;

/**
 * Changes the settings of topics, several changes on their way at once, through any member: the number of queues to read is the content of a register. Every broker answers what it knows of a
 * topic from its own copy, so that only `readTopicSettings`, when all have come together, is a read that must fit.
 */
export async function runTopicSettings(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const { chance } = client;
  let written = 0;
  await askBrokers(workload, client, pauseMs, async (brokers) => {
    if (written === MOST_VALUES) return;
    const [topic, address, readQueueNums] = [chance.pick(TOPICS), chance.pick(addresses), ++written];
    await recordWrite(workload, { key: keyOf(topic), value: readQueueNums, address }, () =>
      putTopic(brokers, address, topic, { readQueueNums, writeQueueNums: 1 }),
    );
  });
}

/** Asks every member for the settings, when all have come together. Rejects if one does not answer. */
export async function readTopicSettings(
  workload: Workload,
  process: Platform,
  addresses: readonly string[],
  ask: Ask = askOnce,
): Promise<void> {
  const { history } = workload;
  const remoting = new RemotingClient({ platform: process });
  const brokers = new BrokerClient(remoting);
  for (const topic of TOPICS) {
    for (const address of addresses) {
      const id = history.invoke(workload.newProcess(), 'read', keyOf(topic), undefined, workload.nowNs(), address);
      const accept = { accept: [ResponseCode.TOPIC_NOT_EXIST] };
      const { code, body } = await ask(() => brokers.ask(getTopicConfig, address, { topic }, undefined, accept));
      const config = code === ResponseCode.SUCCESS ? topicConfig.decode(body) : undefined;
      if (config instanceof BodyError) throw config;
      history.ok(id, workload.nowNs(), config?.readQueueNums ?? null);
    }
  }
  remoting.close();
}

function keyOf(topic: string): string {
  return `settings of ${topic}`;
}
