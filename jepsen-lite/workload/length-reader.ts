import type { BrokerClient } from '../../src/client/broker-client.ts';
import { getMaxOffset } from '../../src/protocol/command/get-max-offset.ts';
import { searchOffsetByTimestamp } from '../../src/protocol/command/search-offset-by-timestamp.ts';
import { askBrokers } from './ask-brokers.ts';
import { QUEUES } from './direct-sender.ts';
import { recordRead } from './record-read.ts';
import type { Client, Workload } from './workload.ts';

const OPTIONS = { timeoutMs: 3_000 };
/** Every so manieth question is a search. */
const SEARCH_EVERY = 4;
/** No message is as late, whatever clocks do. */
const FAR_FUTURE_MS = 2 ** 52;

/**
 * Asks any member how long a queue is, again and again: also one that still takes itself for the leader. Now and then it asks for the first message at a time behind all, which is the same
 * question in the words of a consumer that begins at a time.
 */
export async function runLengthReader(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const { chance } = client;
  let asked = 0;
  await askBrokers(workload, client, pauseMs, (brokers) => {
    const [address, topic, queueId] = [chance.pick(addresses), chance.pick(workload.topics), chance.below(QUEUES)];
    const isSearch = ++asked % SEARCH_EVERY === 0;
    return recordRead(
      workload,
      { op: 'max', key: `${topic}/${queueId}`, address },
      () => (isSearch ? searchEnd(brokers, address, topic, queueId) : maxOffset(brokers, address, topic, queueId)),
      (offset) => offset,
    );
  });
}

async function maxOffset(brokers: BrokerClient, address: string, topic: string, queueId: number): Promise<number> {
  const request = { topic, queueId, committed: true };
  return (await brokers.request(getMaxOffset, address, request, undefined, OPTIONS)).header.offset;
}

async function searchEnd(brokers: BrokerClient, address: string, topic: string, queueId: number): Promise<number> {
  const request = { topic, queueId, timestamp: FAR_FUTURE_MS };
  return (await brokers.request(searchOffsetByTimestamp, address, request, undefined, OPTIONS)).header.offset;
}
