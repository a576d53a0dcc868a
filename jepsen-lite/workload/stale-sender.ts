import { DirectSender, QUEUES } from './direct-sender.ts';
import { type Client, sleep, type Workload } from './workload.ts';

/** Sends to whichever member it likes. */
export async function runStaleSender(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const sender = new DirectSender(workload, client);
  const { chance } = client;
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    if (workload.stopped) break;
    await sender.send(chance.pick(addresses), chance.pick(workload.topics), chance.below(QUEUES));
  }
  sender.close();
}
