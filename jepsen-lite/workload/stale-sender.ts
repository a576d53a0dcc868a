import { DirectSender, QUEUES } from './direct-sender.ts';
import { type Client, keepAsking, type Workload } from './workload.ts';

/** Sends to whichever member it likes. */
export async function runStaleSender(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const sender = new DirectSender(workload, client);
  const { chance } = client;
  await keepAsking(workload, client, pauseMs, () =>
    sender.send(chance.pick(addresses), chance.pick(workload.topics), chance.below(QUEUES)),
  );
  sender.close();
}
