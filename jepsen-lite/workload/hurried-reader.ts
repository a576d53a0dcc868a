import { getMaxOffset } from '../../src/protocol/command/get-max-offset.ts';
import { askBrokers } from './ask-brokers.ts';
import { type Client, callFailure, type Workload } from './workload.ts';

const PAUSE_MS = 40;
const OPTIONS = { timeoutMs: 3_000 };
const QUEUE = { queueId: 0, committed: true };

/**
 * Asks all members over and over how long a queue is, so often that fresh reads begin more rounds than heartbeats do, as the consumers of many groups may after a failover. What it is told is
 * judged by nobody (`length-reader` asks the same): it matters what members do meanwhile.
 */
export async function runHurriedReader(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
): Promise<void> {
  const { topics } = workload;
  await askBrokers(workload, client, PAUSE_MS, async (brokers) => {
    const request = { ...QUEUE, topic: client.chance.pick(topics) };
    const ask = (address: string) => brokers.request(getMaxOffset, address, request, undefined, OPTIONS);
    await Promise.all(addresses.map((address) => ask(address).catch(callFailure)));
  });
}
