import { SendError } from '../../src/client/errors.ts';
import type { Message } from '../../src/client/message.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import type { SendResult } from '../../src/client/producer/send-result.ts';
import { type Server, sendOutcome } from '../checker/rocketmq-outcome.ts';
import { bodyOf } from '../invariant/message-body.ts';
import { type Client, callFailure, positionOf, sleep, type Workload } from './workload.ts';

/** How a sender behaves. */
export interface SenderOptions {
  /** Sends of this producer that may be on their way at once. */
  readonly slots: number;
  /** Longest pause between two sends of a slot. */
  readonly pauseMs: number;
  /** Longest batch. */
  readonly batch: number;
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  /** Whose promises hold for refused sends. Default: LedgerMQ's. */
  readonly server?: Server;
}

/** Sends messages with unique values, alone and in batches, one after another in each slot. */
export async function runSender(
  workload: Workload,
  client: Client,
  group: string,
  options: SenderOptions,
): Promise<void> {
  const producer = new Producer(client.process, {
    nameServers: workload.nameServer,
    group,
    sendTimeoutMs: options.timeoutMs,
  });
  await producer.start();
  const slots = Array.from({ length: options.slots }, () => runSlot(workload, client, producer, options));
  await Promise.all(slots);
  await producer.close();
}

async function runSlot(workload: Workload, client: Client, producer: Producer, options: SenderOptions): Promise<void> {
  const { chance } = client;
  let process = workload.newProcess();
  while (!workload.stopped) {
    await sleep(client, chance.between(1, options.pauseMs));
    if (workload.stopped) return;
    const count = options.batch > 1 && chance.happens(0.15) ? chance.between(2, options.batch) : 1;
    const certain = await send(workload, client, producer, process, count, options);
    // Who does not know how the last one ended is another process: its operation stays open.
    if (!certain) process = workload.newProcess();
  }
}

/** Sends `count` messages; false if nobody knows what became of them. */
async function send(
  workload: Workload,
  { chance }: Client,
  producer: Producer,
  process: number,
  count: number,
  options: SenderOptions,
): Promise<boolean> {
  const { history, judge } = workload;
  const topic = chance.pick(workload.topics);
  const values = Array.from({ length: count }, () => workload.newValue());
  const messages: Message[] = values.map((value) => ({
    topic,
    body: bodyOf(value, chance.between(16, options.bodyBytes)),
    keys: value,
  }));
  const ids = values.map((value) => history.invoke(process, 'append', '?', value, workload.nowNs(), ''));
  if (count > 1) {
    const batch = history.newGroup();
    for (const id of ids) history.setGroup(id, batch);
    judge.batchSent?.(values);
  }
  try {
    const result = await (count === 1 ? producer.send(messages[0] as Message) : producer.sendBatch(messages));
    for (const id of ids) history.setAttempts(id, result.attempts);
    acknowledge(workload, result, ids, values);
    return true;
  } catch (error) {
    const failure = callFailure(error);
    const fails = failure instanceof SendError && isCertain(failure, options.server ?? 'ledgermq');
    for (const id of ids) {
      if (failure instanceof SendError) history.setAttempts(id, failure.attempts.length);
      if (fails) history.fail(id, workload.nowNs(), failure.code);
      else history.info(id, workload.nowNs(), 'unknown');
    }
    workload.ended(fails ? 'fail' : 'info');
    return fails;
  }
}

/** Whether the message is certainly not stored, now or later: no attempt reached a broker, or each was refused with a code that `server` means so. */
function isCertain({ outcome, attempts }: SendError, server: Server): boolean {
  if (outcome !== 'not-stored' || server === 'ledgermq') return outcome === 'not-stored';
  return attempts.every(({ code }) => code === undefined || sendOutcome(code, server) === 'fail');
}

/** Writes down what an acknowledgement says, and holds it against what is committed. */
export function acknowledge(
  workload: Workload,
  result: SendResult,
  ids: readonly number[],
  values: readonly string[],
): void {
  const { queue, queueOffset, offsetMessageId, status } = result;
  const { history, judge } = workload;
  if (status !== 'SEND_OK') {
    for (const id of ids) history.info(id, workload.nowNs(), status);
    workload.ended('info');
    return;
  }
  const places = offsetMessageId.split(',');
  for (const [at, id] of ids.entries()) {
    history.setKey(id, `${queue.topic}/${queue.queueId}`);
    history.ok(id, workload.nowNs(), queueOffset + at);
    const position = positionOf(places[at] ?? '');
    const value = values[at] as string;
    judge.acknowledged({ topic: queue.topic, queueId: queue.queueId, queueOffset: queueOffset + at, position, value });
  }
  workload.ended('ok');
}
