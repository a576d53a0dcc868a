import { ClientError } from '../../client/errors.ts';
import { Producer } from '../../client/producer/producer.ts';
import { formatSendResult } from '../../client/producer/send-result.ts';
import type { Platform } from '../../platform/ports.ts';
import type { Example } from './example.ts';

export const QUICKSTART_TOPIC = 'TopicTest';
const GROUP = 'please_rename_unique_group_name';
const MESSAGES = 1_000;
const TIMEOUT_MS = 20_000;
const PAUSE_AFTER_ERROR_MS = 1_000;
const INTERRUPTED = 130;

/** org.apache.rocketmq.example.quickstart.Producer: sends 1,000 messages one after another and prints each result. */
export const quickstartProducer: Example = async ({ platform, nameServers, print, printError, signal }) => {
  const producer = new Producer(platform, { nameServers, group: GROUP });
  let failed = 0;
  await producer.start();
  try {
    for (let number = 0; number < MESSAGES && !signal.aborted; number++) {
      const message = { topic: QUICKSTART_TOPIC, tags: 'TagA', body: `Hello RocketMQ ${number}` };
      try {
        print(`${formatSendResult(await producer.send(message, { timeoutMs: TIMEOUT_MS, signal }))}\n`);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (signal.aborted) break;
        failed++;
        printError(`${error.message}\n`);
        await pause(platform, PAUSE_AFTER_ERROR_MS, signal);
      }
    }
  } finally {
    await producer.close();
  }
  if (signal.aborted) return INTERRUPTED;
  return failed === 0 ? 0 : 1;
};

function pause({ timers }: Platform, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timers.cancel(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = timers.after(delayMs, end);
    signal.addEventListener('abort', end);
  });
}
