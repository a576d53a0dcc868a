import { sendBatchMessage, sendMessageV2 } from '../../../src/protocol/command/send-message.ts';
import { encodeBatch } from '../../../src/protocol/message/batch.ts';
import { encodeProperties } from '../../../src/protocol/message/properties.ts';
import { decodeRecords, type StoredRecord } from '../../../src/protocol/message/record-reader.ts';
import { type Answer, ask } from './remoting.ts';

export const topic = 'StoreTopic';
export const queueCount = 4;
export const scheduleTopic = 'SCHEDULE_TOPIC_XXXX';
const group = 'store-readers';

export type Outgoing = {
  readonly queueId: number;
  readonly body: Buffer;
  readonly properties: Readonly<Record<string, string>>;
};

/** Requests to one broker, by its address; anything but the expected answer throws. */
export class StoreClient {
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  async #ask(
    code: number,
    fields: Record<string, string>,
    body?: Uint8Array,
    fine: readonly number[] = [0],
  ): Promise<Answer> {
    const answer = await ask(this.#address, code, fields, body);
    if (!fine.includes(answer.code)) throw new Error(`request ${code} got ${answer.code} ${answer.remark ?? ''}`);
    return answer;
  }

  async createTopic(): Promise<void> {
    const queues = { readQueueNums: String(queueCount), writeQueueNums: String(queueCount), perm: '6' };
    const rest = { topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false', defaultTopic: 'TBW102' };
    await this.#ask(17, { topic, ...queues, ...rest });
  }

  async send({ queueId, body, properties }: Outgoing): Promise<void> {
    await this.#ask(310, sendMessageV2.encodeRequest(header(queueId, properties, false)), body);
  }

  /** One request; all messages go to the same queue. */
  async sendBatch(queueId: number, messages: readonly Outgoing[]): Promise<void> {
    const items = messages.map(({ body, properties }) => ({
      flag: 0,
      body,
      properties: Buffer.from(text(properties)),
    }));
    await this.#ask(320, sendBatchMessage.encodeRequest(header(queueId, {}, true)), encodeBatch(items));
  }

  /** All records of a queue, in order. `subscription` filters by tag. */
  async readQueue(of: string, queueId: number, subscription = '*'): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    for (let offset = 0; ; ) {
      const found = await this.#ask(11, pull(of, queueId, offset, subscription), undefined, [0, 19, 20]);
      records.push(...decoded(found.body));
      const next = Number(found.extFields['nextBeginOffset']);
      if (next <= offset || next >= Number(found.extFields['maxOffset'])) return records;
      offset = next;
    }
  }

  async maxOffset(queueId: number): Promise<number> {
    const answer = await this.#ask(30, { topic, queueId: String(queueId) });
    return Number(answer.extFields['offset']);
  }

  async queryByKey(key: string): Promise<StoredRecord[]> {
    const range = { beginTimestamp: '0', endTimestamp: String(Number.MAX_SAFE_INTEGER) };
    const found = await this.#ask(12, { topic, key, maxNum: '64', ...range }, undefined, [0, 22]);
    return found.code === 0 ? decoded(found.body) : [];
  }

  async commitOffset(queueId: number, offset: number): Promise<void> {
    await this.#ask(15, { consumerGroup: group, topic, queueId: String(queueId), commitOffset: String(offset) });
  }

  async committedOffset(queueId: number): Promise<number> {
    const answer = await this.#ask(14, { consumerGroup: group, topic, queueId: String(queueId) });
    return Number(answer.extFields['offset']);
  }
}

function header(queueId: number, properties: Readonly<Record<string, string>>, batch: boolean) {
  return {
    producerGroup: 'store-writers',
    topic,
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: queueCount,
    queueId,
    sysFlag: 0,
    bornTimestamp: Date.now(),
    flag: 7,
    properties: text(properties),
    reconsumeTimes: 0,
    unitMode: false,
    batch,
  };
}

const text = (properties: Readonly<Record<string, string>>) => encodeProperties(Object.entries(properties));

function pull(of: string, queueId: number, offset: number, subscription: string): Record<string, string> {
  return {
    consumerGroup: group,
    topic: of,
    queueId: String(queueId),
    queueOffset: String(offset),
    maxMsgNums: '32',
    /** The request brings its own subscription, commits nothing and does not wait. */
    sysFlag: '4',
    commitOffset: '0',
    suspendTimeoutMillis: '0',
    subscription,
    subVersion: '0',
    expressionType: 'TAG',
  };
}

function decoded(body: Buffer): StoredRecord[] {
  const records = decodeRecords(body);
  if (typeof records === 'string') throw new Error(records);
  return records;
}
