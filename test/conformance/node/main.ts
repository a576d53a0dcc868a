import { createHash } from 'node:crypto';
import {
  loadAliOns,
  type Ons,
  type OnsConsumer,
  type OnsMessage,
  type OnsProducer,
  type SendResult,
} from './ali-ons.ts';

/**
 * Checks with the published Node client. Arguments: folder of the package, name server address, run id, topic, number of its queues.
 * Prints TAP.
 */
const [folder = '', nameServer = '', runId = '', topic = '', queueCount = ''] = process.argv.slice(2);

const waitMs = 40_000;
const settleMs = 500;

const ons: Ons = loadAliOns(folder);
const silent = { info() {}, warn() {}, error() {}, debug() {} };
const shared = { nameSrv: nameServer, logger: silent, httpclient: {} };
const sent = new Map<string, SendResult>();

function expectEqual(what: string, expected: unknown, seen: unknown): void {
  if (expected !== seen) throw new Error(`${what}: expected ${expected}, saw ${seen}`);
}

async function send(
  producer: OnsProducer,
  tag: string,
  body: string,
  more: Partial<OnsMessage> = {},
): Promise<SendResult> {
  const message = Object.assign(new ons.Message(topic, tag, body), more);
  const result = await producer.send(message);
  expectEqual('send status', 'SEND_OK', result.sendStatus);
  sent.set(body, result);
  return result;
}

function nameOf({ brokerName, queueId }: SendResult['messageQueue']): string {
  return `${brokerName}/${queueId}`;
}

async function sendMany(producer: OnsProducer): Promise<void> {
  const queues = new Set<string>();
  for (let index = 0; index < 100; index++) {
    const result = await send(producer, index % 2 === 0 ? 'even' : 'odd', `ali-ons 世界 ${index}`, {
      keys: [`key-${index}`],
    });
    queues.add(nameOf(result.messageQueue));
  }
  expectEqual('queues used', Number(queueCount), queues.size);
  await send(producer, 'large', `large ${'0123456789'.repeat(2_000)}`);
}

/** The client hashes the key over the queues' ids; a key of id 0 is left out, because there the client falls back to any queue. */
async function sendToChosenQueue(producer: OnsProducer): Promise<void> {
  const queueOf = (key: string) => createHash('md5').update(key).digest().readUInt32BE() % 4;
  const keys = Array.from({ length: 20 }, (_, index) => `shard-${index}`).filter((key) => queueOf(key) !== 0);
  for (const shardingKey of keys) {
    const results = [1, 2, 3].map(() =>
      send(producer, 'chosen', `chosen ${sent.size} ${Math.random()}`, { shardingKey }),
    );
    const queues = new Set((await Promise.all(results)).map((result) => result.messageQueue.queueId));
    expectEqual(`queues of ${shardingKey}`, 1, queues.size);
  }
}

async function consume(group: string, tags: string, expected: number): Promise<OnsMessage[]> {
  const consumer: OnsConsumer = new ons.Consumer({
    ...shared,
    consumerGroup: `${group}-${runId}`,
    consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
  });
  // The retry topic has no route before the first heartbeat, which this client reports as an error.
  consumer.on('error', () => {});
  const seen: OnsMessage[] = [];
  consumer.subscribe(topic, tags, async (message) => {
    seen.push(message);
  });
  await consumer.ready();
  const endAt = Date.now() + waitMs;
  while (seen.length < expected && Date.now() < endAt) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  await consumer.close();
  expectEqual('messages consumed', expected, seen.length);
  return seen;
}

async function consumeAll(): Promise<void> {
  for (const message of await consume('all', '*', sent.size)) {
    const body = message.body.toString('utf8');
    const result = sent.get(body);
    expectEqual(`offset of ${body.slice(0, 30)}`, result?.queueOffset, Number(message.queueOffset));
    expectEqual(`queue of ${body.slice(0, 30)}`, Number(result?.messageQueue.queueId), Number(message.queueId));
    expectEqual(`id of ${body.slice(0, 30)}`, result?.msgId, message.msgId);
  }
}

async function consumeTag(): Promise<void> {
  for (const message of await consume('even', 'even', 50)) expectEqual('tag', 'even', message.tags);
}

const producer: OnsProducer = new ons.Producer({ ...shared, producerGroup: `ali-ons-${runId}` });
producer.on('error', (error) => console.log(`# producer: ${error.message}`));

const checks: readonly [string, () => Promise<void>][] = [
  ['producer starts', () => producer.ready()],
  ['send', () => sendMany(producer)],
  ['send to a chosen queue', () => sendToChosenQueue(producer)],
  ['consume all', consumeAll],
  ['consume one tag', consumeTag],
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
// The client keeps timers of its own.
process.exit(0);
