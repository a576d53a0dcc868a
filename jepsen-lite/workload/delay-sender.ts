import { DirectSender } from './direct-sender.ts';
import { type Client, keepAsking, type Workload } from './workload.ts';

/** The topic of messages that are delivered later. */
export const DELAY_TOPIC = 'D';
/** Delays of the first levels, ms (messageDelayLevel); the first level is 1. */
export const DELAYS_MS: readonly number[] = [1_000, 5_000, 10_000];

/** Sends messages that are to be delivered later, to whichever member it likes. */
export async function runDelaySender(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const sender = new DirectSender(workload, client);
  const { chance } = client;
  await keepAsking(workload, client, pauseMs, () =>
    sender.sendDelayed(chance.pick(addresses), DELAY_TOPIC, chance.between(1, DELAYS_MS.length)),
  );
  sender.close();
}
