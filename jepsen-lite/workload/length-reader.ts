import { getMaxOffset } from '../../src/protocol/command/get-max-offset.ts';
import { askBrokers } from './ask-brokers.ts';
import { QUEUES } from './direct-sender.ts';
import { recordRead } from './record-read.ts';
import type { Client, Workload } from './workload.ts';

const OPTIONS = { timeoutMs: 3_000 };

/** Asks any member how long a queue is, again and again: also one that still takes itself for the leader. */
export async function runLengthReader(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const { chance } = client;
  await askBrokers(workload, client, pauseMs, (brokers) => {
    const [address, topic, queueId] = [chance.pick(addresses), chance.pick(workload.topics), chance.below(QUEUES)];
    return recordRead(
      workload,
      { op: 'max', key: `${topic}/${queueId}`, address },
      () => brokers.request(getMaxOffset, address, { topic, queueId, committed: true }, undefined, OPTIONS),
      ({ header }) => header.offset,
    );
  });
}
