import type { BrokerClient } from '../../src/client/broker-client.ts';
import { getMaxOffset } from '../../src/protocol/command/get-max-offset.ts';
import { askBrokers } from './ask-brokers.ts';
import { QUEUES } from './direct-sender.ts';
import { type Client, callFailure, type Workload } from './workload.ts';

const OPTIONS = { timeoutMs: 3_000 };

/** Asks any member how long a queue is, again and again: also one that still takes itself for the leader. */
export async function runLengthReader(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const { chance } = client;
  await askBrokers(workload, client, pauseMs, (brokers) =>
    ask(workload, brokers, chance.pick(addresses), chance.pick(workload.topics), chance.below(QUEUES)),
  );
}

async function ask(
  workload: Workload,
  brokers: BrokerClient,
  address: string,
  topic: string,
  queueId: number,
): Promise<void> {
  const { history } = workload;
  const callNs = workload.nowNs();
  try {
    const { header } = await brokers.request(
      getMaxOffset,
      address,
      { topic, queueId, committed: true },
      undefined,
      OPTIONS,
    );
    const id = history.invoke(workload.newProcess(), 'max', `${topic}/${queueId}`, undefined, callNs, address);
    history.ok(id, workload.nowNs(), header.offset);
    workload.ended('ok');
  } catch (error) {
    callFailure(error);
    // Nobody answered: a question that failed says nothing.
    workload.ended('fail');
  }
}
