import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { PushConsumer } from '../../../src/client/consumer/push-consumer.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { Platform } from '../../../src/platform/ports.ts';

/** Topic of the messages that a start sends. */
export const TOPIC = 'FastTry';
const PRODUCER_GROUP = 'fast_try_producer';
const CONSUMER_GROUP = 'fast_try_consumer';
const IN_FLIGHT = 50;
const FIRST_SEND_TIMEOUT_MS = 10_000;
const CONSUME_TIMEOUT_MS = 20_000;
const POLL_MS = 5;

/** What became of the messages; times are on the clock of `performance.now()`. */
export interface FirstMessages {
  readonly firstAcknowledgedMs: number;
  readonly sendMs: number;
  readonly consumed: number;
  readonly consumeMs: number;
}

export interface FirstMessagesOptions {
  readonly platform: Platform;
  readonly nameServer: string;
  readonly count: number;
  readonly signal: AbortSignal;
  /** Told how many are consumed so far. */
  readonly onConsumed: (count: number) => void;
}

/** Sends messages and waits for each acknowledgement, then consumes them. Rejects if a send fails. */
export async function sendFirstMessages(options: FirstMessagesOptions): Promise<FirstMessages> {
  const { platform, nameServer: nameServers, signal } = options;
  const producer = new Producer(platform, { nameServers, group: PRODUCER_GROUP });
  const ids = new Set<string>();
  // Each send that waits listens to the signal.
  setMaxListeners(2 * IN_FLIGHT, signal);
  await producer.start();
  try {
    const sentMs = performance.now();
    let next = 0;
    const sendNext = async (timeoutMs: number) => {
      const body = `Hello LedgerMQ ${next++}`;
      const { messageId } = await producer.send({ topic: TOPIC, tags: 'TagA', body }, { timeoutMs, signal });
      ids.add(messageId);
    };
    const sender = async () => {
      while (next < options.count) await sendNext(3_000);
    };
    await sendNext(FIRST_SEND_TIMEOUT_MS);
    const firstAcknowledgedMs = performance.now();
    await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
    const sendMs = performance.now() - sentMs;
    const consumed = await consumeAll(options, ids);
    return { firstAcknowledgedMs, sendMs, ...consumed };
  } finally {
    await producer.close();
  }
}

async function consumeAll(
  options: FirstMessagesOptions,
  ids: ReadonlySet<string>,
): Promise<Pick<FirstMessages, 'consumed' | 'consumeMs'>> {
  const { platform, nameServer: nameServers, signal } = options;
  const consumer = new PushConsumer(platform, { nameServers, group: CONSUMER_GROUP, consumeFrom: 'first' });
  const missing = new Set(ids);
  const startedMs = performance.now();
  let doneMs = startedMs;
  consumer.subscribe(TOPIC);
  await consumer.start(async (messages) => {
    for (const { messageId } of messages) missing.delete(messageId);
    if (missing.size === 0) doneMs = performance.now();
    return 'success';
  });
  try {
    while (missing.size > 0 && !signal.aborted && performance.now() - startedMs < CONSUME_TIMEOUT_MS) {
      options.onConsumed(ids.size - missing.size);
      await sleep(POLL_MS);
    }
  } finally {
    await consumer.close();
  }
  return { consumed: ids.size - missing.size, consumeMs: doneMs - startedMs };
}
