import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProducer,
  createPullConsumer,
  createPushConsumer,
  type Message,
  type MessageListener,
  type MessageQueue,
  type Producer,
  type PushConsumer,
  type PushConsumerOptions,
  type ReceivedMessage,
  type SendOptions,
  type SendResult,
} from '../../../src/index.ts';

/** Checks with our own client. Arguments: name server address, run id, topic, number of its queues. Prints TAP. */
const [nameServers = '', runId = '', topic = '', queueCount = ''] = process.argv.slice(2);

const WAIT_MS = 40_000;
/** What should not come would come within this time. */
const SETTLE_MS = 500;
/** Results of the sends by body. */
const sent = new Map<string, SendResult>();
const producer: Producer = createProducer({ nameServers, group: `producer-${runId}` });

function expectEqual(what: string, expected: unknown, seen: unknown): void {
  if (expected !== seen) throw new Error(`${what}: expected ${expected}, saw ${seen}`);
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within ${WAIT_MS / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function send(body: string, tags: string, options: SendOptions = {}): Promise<SendResult> {
  const result = await producer.send({ topic, body, tags, keys: [`key-${sent.size}`] }, options);
  expectEqual(`status of ${body}`, 'SEND_OK', result.status);
  sent.set(body, result);
  return result;
}

function nameOf({ brokerName, queueId }: MessageQueue): string {
  return `${brokerName}/${queueId}`;
}

async function sendMany(): Promise<void> {
  const bodies = Array.from({ length: 100 }, (_, index) => `client 世界 ${index}`);
  await Promise.all(bodies.map((body, index) => send(body, index % 2 === 0 ? 'even' : 'odd')));
  expectEqual('queues used', Number(queueCount), new Set([...sent.values()].map(({ queue }) => nameOf(queue))).size);
  await send(`large ${'0123456789'.repeat(20_000)}`, 'large');
}

async function sendToChosenQueues(): Promise<void> {
  for (const queue of await producer.queues(topic)) {
    const result = await send(`to queue ${nameOf(queue)}`, 'chosen', { queue });
    expectEqual('chosen queue', queue.queueId, result.queue.queueId);
  }
  const keyed = await Promise.all([1, 2, 3, 4, 5].map((n) => send(`keyed ${n}`, 'chosen', { key: 'customer-3' })));
  expectEqual('queues of one key', 1, new Set(keyed.map(({ queue }) => nameOf(queue))).size);
}

async function sendBatch(): Promise<void> {
  const messages: Message[] = [1, 2, 3].map((n) => ({ topic, body: `batch ${n}`, tags: 'batch' }));
  const result = await producer.sendBatch(messages);
  expectEqual('status', 'SEND_OK', result.status);
  const ids = result.messageId.split(',');
  messages.forEach(({ body }, index) => {
    const queueOffset = result.queueOffset + index;
    sent.set(String(body), { ...result, messageId: ids[index] ?? '', queueOffset });
  });
}

/** Starts a consumer of the group from the first message on, which keeps what it hears. */
async function consume(
  options: Omit<PushConsumerOptions, 'nameServers'>,
  expression: string,
  listener: MessageListener = async () => 'success',
): Promise<{ readonly consumer: PushConsumer; readonly seen: ReceivedMessage[] }> {
  const seen: ReceivedMessage[] = [];
  const consumer = createPushConsumer({ nameServers, consumeFrom: 'first', ...options });
  consumer.subscribe(topic, expression);
  await consumer.start((messages, context) => {
    seen.push(...messages);
    return listener(messages, context);
  });
  return { consumer, seen };
}

async function consumeAll(): Promise<void> {
  const { consumer, seen } = await consume({ group: `all-${runId}` }, '*');
  await until('all messages', () => seen.length >= sent.size);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await consumer.close();
  expectEqual('messages', sent.size, seen.length);
  for (const { body, queueId, queueOffset, messageId } of seen) {
    const text = body.toString();
    const result = sent.get(text);
    expectEqual(
      `place of ${text.slice(0, 30)}`,
      `${result?.queue.queueId}/${result?.queueOffset}`,
      `${queueId}/${queueOffset}`,
    );
    expectEqual(`id of ${text.slice(0, 30)}`, result?.messageId, messageId);
  }
}

async function goOn(): Promise<void> {
  const { consumer, seen } = await consume({ group: `all-${runId}` }, '*');
  const result = await send('after the first consumer', 'late');
  await until('the new message', () => seen.some(({ messageId }) => messageId === result.messageId));
  await consumer.close();
  expectEqual('messages after a restart of the group', 1, seen.length);
}

async function consumeTag(): Promise<void> {
  const { consumer, seen } = await consume({ group: `even-${runId}` }, 'even || batch');
  await until('53 messages', () => seen.length >= 53);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await consumer.close();
  expectEqual('messages', 53, seen.length);
  for (const { tags } of seen) expectEqual('tag', true, tags === 'even' || tags === 'batch');
}

async function share(): Promise<void> {
  const group = `share-${runId}`;
  const members = await Promise.all(['a', 'b'].map((instanceName) => consume({ group, instanceName }, '*')));
  await until('every message at one of two members', () => {
    return new Set(members.flatMap(({ seen }) => seen.map(({ messageId }) => messageId))).size === sent.size;
  });
  const counts = members.map(({ seen }) => seen.length);
  const queues = await producer.queues(topic);
  await until('that both get new ones', () => {
    if (members.every(({ seen }, index) => seen.length > (counts[index] ?? 0))) return true;
    for (const queue of queues) void producer.sendOneway({ topic, body: 'shared', tags: 'shared' }, { queue });
    return false;
  });
  await Promise.all(members.map(({ consumer }) => consumer.close()));
}

async function broadcast(): Promise<void> {
  const members = await Promise.all(
    ['a', 'b'].map((instanceName) => {
      const offsetDirectory = mkdtempSync(join(tmpdir(), 'ledgermq-conformance-offsets-'));
      const options = { group: `everyone-${runId}`, mode: 'broadcasting', instanceName, offsetDirectory } as const;
      return consume(options, 'batch');
    }),
  );
  await until('the batch at both members', () => members.every(({ seen }) => seen.length >= 3));
  await Promise.all(members.map(({ consumer }) => consumer.close()));
  for (const { seen } of members) expectEqual('messages', 3, seen.length);
}

async function retry(): Promise<void> {
  const { consumer, seen } = await consume({ group: `retry-${runId}` }, 'late', async ([message], context) => {
    context.delayLevel = 1;
    return message?.reconsumeTimes === 0 ? 'reconsume-later' : 'success';
  });
  await until('the second time', () => seen.length >= 2);
  await consumer.close();
  expectEqual('times', '0,1', seen.map(({ reconsumeTimes }) => reconsumeTimes).join());
  expectEqual('topic', topic, seen[1]?.topic);
  expectEqual('message', seen[0]?.messageId, seen[1]?.messageId);
}

async function pull(): Promise<void> {
  const consumer = createPullConsumer({ nameServers, group: `pull-${runId}` });
  await consumer.start();
  let count = 0;
  for (const queue of await consumer.queues(topic)) {
    expectEqual('offset of a new group in a young log', 0, await consumer.committedOffset(queue));
    expectEqual('offset by time', 0, await consumer.searchOffset(queue, 0));
    const end = await consumer.maxOffset(queue);
    let offset = await consumer.minOffset(queue);
    while (offset < end) {
      const pulled = await consumer.pull(queue, offset);
      count += pulled.messages.length;
      offset = pulled.nextOffset;
    }
    expectEqual('status behind the end', 'nothing', (await consumer.pull(queue, end, { waitMs: 100 })).status);
    await consumer.commit(queue, end);
    expectEqual('committed offset', end, await consumer.committedOffset(queue));
  }
  await consumer.close();
  if (count < sent.size) throw new Error(`${count} of at least ${sent.size} messages were pulled`);
}

const checks: readonly [string, () => Promise<void>][] = [
  ['producer starts', () => producer.start()],
  ['send', sendMany],
  ['send to a chosen queue, by key', sendToChosenQueues],
  ['send a batch', sendBatch],
  ['consume all', consumeAll],
  ['go on where the group stopped', goOn],
  ['consume some tags', consumeTag],
  ['two members share', share],
  ['broadcasting', broadcast],
  ['retry', retry],
  ['pull, offsets', pull],
  ['producer closes', () => producer.close()],
];

console.log(`1..${checks.length}`);
for (const [name, check] of checks) {
  try {
    await check();
    console.log(`ok - ${name}`);
  } catch (error) {
    console.log(`not ok - ${name}`);
    console.log(String(error instanceof Error ? error.stack : error).replace(/^/gm, '# '));
  }
}
