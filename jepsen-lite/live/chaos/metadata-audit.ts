import { BrokerClient } from '../../../src/client/broker-client.ts';
import { ClientError } from '../../../src/client/errors.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { getSubscriptionGroupConfig } from '../../../src/protocol/command/get-subscription-group-config.ts';
import { getTopicConfig } from '../../../src/protocol/command/get-topic-config.ts';
import { queryConsumerOffset } from '../../../src/protocol/command/query-consumer-offset.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import type { Ask } from '../../workload/ask.ts';
import type { MetadataRecord } from '../../workload/workload.ts';

interface StoredOffset {
  readonly group: string;
  readonly topic: string;
  readonly queueId: number;
  readonly offset: number;
}

/** What was answered with success about topics, subscription groups and consumer offsets; asked for again at the end, of every member (raft/README.md, promise 9). */
export class MetadataAudit implements MetadataRecord {
  readonly #topics = new Map<string, boolean>();
  readonly #groups = new Map<string, boolean>();
  readonly #offsets = new Map<string, StoredOffset>();

  topicInDoubt(topic: string): void {
    this.#topics.delete(topic);
  }

  topicIs(topic: string, there: boolean): void {
    this.#topics.set(topic, there);
  }

  groupInDoubt(group: string): void {
    this.#groups.delete(group);
  }

  groupIs(group: string, there: boolean): void {
    this.#groups.set(group, there);
  }

  offsetStored(group: string, topic: string, queueId: number, offset: number): void {
    this.#offsets.set(`${group} ${topic} ${queueId}`, { group, topic, queueId, offset });
  }

  offsetInDoubt(group: string, topic: string, queueId: number): void {
    this.#offsets.delete(`${group} ${topic} ${queueId}`);
  }

  /** How many answers are asked for again. */
  get size(): number {
    return this.#topics.size + this.#groups.size + this.#offsets.size;
  }

  /** Asks these members; a sentence for everything that is not as it was answered. Rejects if one does not answer. */
  async judge(platform: Platform, addresses: readonly string[], ask: Ask): Promise<string[]> {
    const remoting = new RemotingClient({ platform });
    const brokers = new BrokerClient(remoting);
    const wrong: string[] = [];
    for (const address of addresses) {
      const judge = (what: string, has: boolean, there: boolean): void => {
        if (has === there) return;
        const how = there ? 'lacks' : 'still has';
        wrong.push(`${address} ${how} ${what}, though ${there ? 'making' : 'removing'} it was answered with success`);
      };
      for (const [topic, there] of this.#topics) {
        judge(`topic ${topic}`, await ask(() => hasTopic(brokers, address, topic)), there);
      }
      for (const [group, there] of this.#groups) {
        judge(`group ${group}`, await ask(() => hasGroup(brokers, address, group)), there);
      }
      for (const { group, topic, queueId, offset } of this.#offsets.values()) {
        const own = await ask(() => storedOffset(brokers, address, { consumerGroup: group, topic, queueId }));
        if (own >= offset) continue;
        wrong.push(
          `${address} has ${own} as the offset of ${group} in ${topic}/${queueId}, but ${offset} was answered with success`,
        );
      }
    }
    remoting.close();
    return wrong;
  }
}

async function hasTopic(brokers: BrokerClient, address: string, topic: string): Promise<boolean> {
  return (
    (await unless(ResponseCode.TOPIC_NOT_EXIST, brokers.request(getTopicConfig, address, { topic }))) !== undefined
  );
}

async function hasGroup(brokers: BrokerClient, address: string, group: string): Promise<boolean> {
  const answer = brokers.request(getSubscriptionGroupConfig, address, { group });
  return (await unless(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, answer)) !== undefined;
}

async function storedOffset(
  brokers: BrokerClient,
  address: string,
  request: { consumerGroup: string; topic: string; queueId: number },
): Promise<number> {
  const answer = await unless(ResponseCode.QUERY_NOT_FOUND, brokers.request(queryConsumerOffset, address, request));
  return answer?.header.offset ?? -1;
}

/** The answer, or undefined if it is this code. */
async function unless<Answer>(code: number, answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ClientError && error.responseCode === code) return undefined;
    throw error;
  }
}
