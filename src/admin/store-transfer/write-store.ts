import { setTimeout as sleep } from 'node:timers/promises';
import { restoredProperties } from '../../broker/send/stored-properties.ts';
import { ClientError } from '../../client/errors.ts';
import { subscriptionGroupConfig } from '../../protocol/body/subscription-group-config.ts';
import type { TopicConfig } from '../../protocol/body/topic-config.ts';
import { getMaxOffset } from '../../protocol/command/get-max-offset.ts';
import { sendMessageV2 } from '../../protocol/command/send-message.ts';
import { updateConsumerOffset } from '../../protocol/command/update-consumer-offset.ts';
import { updateSubscriptionGroup } from '../../protocol/command/update-subscription-group.ts';
import { updateTopic } from '../../protocol/command/update-topic.ts';
import { Permission, SysFlag } from '../../protocol/message/flags.ts';
import {
  encodeProperties,
  PropertyName,
  removeProperty,
  withFinalSeparator,
} from '../../protocol/message/properties.ts';
import type { StoredRecord } from '../../protocol/message/record-reader.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import { AdminError } from '../admin-error.ts';
import type { AdminSession } from '../admin-session.ts';
import { type ExportedQueue, readRecords, type StoreExport } from './export-folder.ts';
import { inParallel } from './in-parallel.ts';
import { pullRecords } from './pull-records.ts';

const GROUP = 'CLIENT_INNER_PRODUCER';
const TEMPLATE_TOPIC = 'TBW102';
/** Of a record's flags, those that say how its body and tags are to be read. */
const KEPT_FLAGS = SysFlag.COMPRESSED | SysFlag.MULTI_TAGS | SysFlag.COMPRESSION_MASK;
/** Stored, though not yet as safe as the broker would like it: the export is still there. */
const STORED_CODES = [
  ResponseCode.FLUSH_DISK_TIMEOUT,
  ResponseCode.SLAVE_NOT_AVAILABLE,
  ResponseCode.FLUSH_SLAVE_TIMEOUT,
];
const ATTEMPTS = 20;
const PAUSE_MS = 500;

/** A message as it is sent. */
interface Outgoing {
  readonly topic: string;
  readonly queueId: number;
  readonly properties: string;
}

/** Brings an exported store into the store of a broker, and with it to every broker that has the same log. */
export class StoreWriter {
  readonly #admin: AdminSession;
  readonly #address: string;
  readonly #folder: string;
  readonly #content: StoreExport;
  readonly #progress: (messages: number) => void;
  #written = 0;

  /** `progress` is told how many messages are there. */
  constructor(
    admin: AdminSession,
    address: string,
    folder: string,
    content: StoreExport,
    progress: (messages: number) => void,
  ) {
    this.#admin = admin;
    this.#address = address;
    this.#folder = folder;
    this.#content = content;
    this.#progress = progress;
  }

  /** Goes on where an earlier import of the same folder ended. Throws a sentence. */
  async write(): Promise<void> {
    const { topics, groups, queues, delayed } = this.#content;
    for (const topic of topics) await this.#createTopic(topic, topic.perm | Permission.WRITE);
    for (const group of groups) {
      const attributes = signed(group.attributes);
      const body = subscriptionGroupConfig.encode({ ...group, attributes });
      await this.#admin.ask(updateSubscriptionGroup, this.#address, {}, body);
    }
    await inParallel(queues, (queue) => this.#writeQueue(queue));
    for (const queue of delayed) await this.#writeDelayed(queue);
    await this.#writeOffsets();
    for (const topic of topics) if ((topic.perm & Permission.WRITE) === 0) await this.#createTopic(topic, topic.perm);
  }

  async #createTopic({ topicName: topic, attributes, ...rest }: TopicConfig, perm: number): Promise<void> {
    const pairs = Object.entries(signed(attributes)).map(([name, value]) => `${name}=${value}`);
    const header = { ...rest, topic, perm, defaultTopic: TEMPLATE_TOPIC, attributes: pairs.join(','), force: false };
    await this.#admin.ask(updateTopic, this.#address, header);
  }

  async #writeQueue(queue: ExportedQueue): Promise<void> {
    const { topic, queueId, count } = queue;
    const held = await this.#end(queue);
    if (held > count) throw notEmpty(queue, held);
    let index = 0;
    for (const record of readRecords(this.#folder, queue)) {
      if (index === held - 1) await this.#compare(queue, index, record);
      if (index >= held)
        await this.#writeAt(queue, index, record, { topic, queueId, properties: cleaned(record.properties) });
      index++;
      this.#progress(++this.#written);
    }
  }

  async #end({ topic, queueId }: ExportedQueue): Promise<number> {
    const { header } = await this.#admin.ask(getMaxOffset, this.#address, { topic, queueId, committed: true });
    return header.offset;
  }

  /** What the queue ends with has to come from this export. */
  async #compare(queue: ExportedQueue, index: number, record: StoredRecord): Promise<void> {
    const { records } = await pullRecords(this.#admin, this.#address, queue, index, 1);
    const [found] = records;
    const same = found?.body.equals(record.body) === true && found.bornTimestamp === record.bornTimestamp;
    if (!same) throw notEmpty(queue, index + 1);
  }

  /** Sends until the queue holds the message at its place; what became of a send without an answer, the end of the queue tells. */
  async #writeAt(queue: ExportedQueue, index: number, record: StoredRecord, message: Outgoing): Promise<void> {
    let problem = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (attempt > 0) {
          await sleep(PAUSE_MS);
          const end = await this.#end(queue);
          if (end > index + 1) throw interfered(queue, end);
          if (end === index + 1) return;
        }
        const offset = await this.#send(record, message);
        if (offset === undefined || offset === index) return;
        throw interfered(queue, offset);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        problem = error.message;
      }
    }
    throw new AdminError(
      `${queue.topic} queue ${queue.queueId}: message ${index} cannot be stored (${problem}). Mend that and run the same command again: it goes on from there.`,
    );
  }

  /** Its offset in the queue; undefined if the answer does not tell. */
  async #send(record: StoredRecord, { topic, queueId, properties }: Outgoing): Promise<number | undefined> {
    const { bornTimestamp, flag, reconsumeTimes, body } = record;
    const header = {
      ...{ producerGroup: GROUP, defaultTopic: TEMPLATE_TOPIC, defaultTopicQueueNums: 4 },
      ...{ topic, queueId, sysFlag: record.sysFlag & KEPT_FLAGS, bornTimestamp, flag, properties, reconsumeTimes },
      // So that nothing of a retry topic goes to the dead letters on the way.
      ...{ unitMode: false, batch: false, maxReconsumeTimes: reconsumeTimes + 1 },
    };
    const answer = await this.#admin.accept(sendMessageV2, this.#address, header, STORED_CODES, body);
    return answer.header?.queueOffset;
  }

  /** What waits for its time begins to wait anew. */
  async #writeDelayed(queue: ExportedQueue): Promise<void> {
    for (const record of readRecords(this.#folder, queue)) {
      const restored = restoredProperties(record.properties);
      if (restored === undefined) continue;
      const { topic, queueId } = restored;
      const level = encodeProperties([[PropertyName.DELAY, String(queue.queueId + 1)]]);
      await this.#send(record, { topic, queueId, properties: withFinalSeparator(restored.properties) + level });
      this.#progress(++this.#written);
    }
  }

  /** A queue begins with 0 here, wherever it began there. */
  async #writeOffsets(): Promise<void> {
    const queues = new Map(this.#content.queues.map((queue) => [`${queue.topic} ${queue.queueId}`, queue]));
    for (const { group, topic, queueId, offset } of this.#content.offsets) {
      const queue = queues.get(`${topic} ${queueId}`);
      if (queue === undefined) continue;
      const commitOffset = Math.min(queue.count, Math.max(0, offset - queue.firstOffset));
      await this.#admin.ask(updateConsumerOffset, this.#address, {
        consumerGroup: group,
        topic,
        queueId,
        commitOffset,
      });
    }
  }
}

/** Without what would send the message elsewhere, or answer before it is safe. */
function cleaned(properties: string): string {
  const names = [PropertyName.DELAY, PropertyName.WAIT, PropertyName.TRANSACTION_PREPARED];
  return names.reduce((text, name) => removeProperty(text, name), properties);
}

/** As a request adds them. */
function signed(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`+${name}`, value]));
}

function notEmpty({ topic, queueId }: ExportedQueue, held: number): AdminError {
  return new AdminError(
    `${topic} queue ${queueId} of the target holds ${held} messages that are not of this export; import into brokers that do not have that topic, or delete it there with deleteTopic.`,
  );
}

function interfered({ topic, queueId }: ExportedQueue, offset: number): AdminError {
  return new AdminError(
    `${topic} queue ${queueId}: somebody else sends to it (offset ${offset}); stop the producers, delete the topic on the target and import again.`,
  );
}
