import { DirectSender, QUEUES } from './direct-sender.ts';
import { type Client, sleep, type Workload } from './workload.ts';

/** The topic whose queues are idle most of the time. */
export const IDLE_TOPIC = 'I';
const LOOK_MS = 500;

/**
 * Sends one message to each queue of the idle topic, and then nothing for so long that retention may take all that is in them: the offsets must go on where they were.
 */
export async function runIdleSender(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const sender = new DirectSender(workload, client);
  const { chance } = client;
  while (!workload.stopped) {
    for (let queueId = 0; queueId < QUEUES && !workload.stopped; queueId++)
      await sender.send(chance.pick(addresses), IDLE_TOPIC, queueId);
    const idleMs = chance.between(pauseMs / 4, pauseMs);
    for (let waitedMs = 0; waitedMs < idleMs && !workload.stopped; waitedMs += LOOK_MS) await sleep(client, LOOK_MS);
  }
  sender.close();
}
