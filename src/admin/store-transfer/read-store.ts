import { parseProperties } from '../../broker/config/properties.ts';
import { DEFAULT_TOPIC, isForbiddenToSend } from '../../broker/topic/system-topics.ts';
import { consumerOffsetTable } from '../../protocol/body/consumer-offset-table.ts';
import { delayOffsetTable } from '../../protocol/body/delay-offset-table.ts';
import { subscriptionGroupTable } from '../../protocol/body/subscription-group-config.ts';
import { topicConfigTable } from '../../protocol/body/topic-config.ts';
import { topicStatsTable } from '../../protocol/body/topic-stats-table.ts';
import { getAllConsumerOffset } from '../../protocol/command/get-all-consumer-offset.ts';
import { getAllDelayOffset } from '../../protocol/command/get-all-delay-offset.ts';
import { getAllSubscriptionGroups } from '../../protocol/command/get-all-subscription-groups.ts';
import { getAllTopicConfig } from '../../protocol/command/get-all-topic-config.ts';
import { getBrokerConfig } from '../../protocol/command/get-broker-config.ts';
import { getTopicStats } from '../../protocol/command/get-topic-stats.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import { SCHEDULE_TOPIC } from '../../store/internal-topic.ts';
import { AdminError } from '../admin-error.ts';
import { type AdminSession, hasCode } from '../admin-session.ts';
import type { ExportedQueue, NewExport, StoreExport } from './export-folder.ts';
import { inParallel } from './in-parallel.ts';
import { pullRecords } from './pull-records.ts';

const MESSAGES_PER_PULL = 32;

/** A queue of a broker, and the offsets of the messages that are wanted. */
interface QueueRange {
  readonly topic: string;
  readonly queueId: number;
  readonly from: number;
  readonly to: number;
}

/** Reads everything that a broker's store holds, through the requests that RocketMQ's brokers know too. */
export class StoreReader {
  readonly #admin: AdminSession;
  readonly #address: string;
  readonly #folder: NewExport;
  readonly #progress: (messages: number) => void;
  #read = 0;

  /** `progress` is told how many messages were read. */
  constructor(admin: AdminSession, address: string, folder: NewExport, progress: (messages: number) => void) {
    this.#admin = admin;
    this.#address = address;
    this.#folder = folder;
    this.#progress = progress;
  }

  async read(): Promise<Omit<StoreExport, 'format'>> {
    const admin = this.#admin;
    const address = this.#address;
    const { body } = await admin.ask(getBrokerConfig, address, {});
    const keys = new Map(parseProperties(body.toString()).entries.map(({ key, value }) => [key, value]));
    const own = new Set([keys.get('brokerName'), keys.get('brokerClusterName'), DEFAULT_TOPIC, 'BenchmarkTest']);
    const isSystem = (topic: string): boolean =>
      own.has(topic) || isForbiddenToSend(topic) || /^rmq_sys_|_REPLY_TOPIC$/.test(topic);
    const { topicConfigTable: topics } = await admin.askFor(getAllTopicConfig, address, {}, topicConfigTable);
    const { subscriptionGroupTable: groups } = await admin.askFor(
      getAllSubscriptionGroups,
      address,
      {},
      subscriptionGroupTable,
    );
    const ranges: QueueRange[] = [];
    for (const topic of topics.keys()) if (!isForbiddenToSend(topic)) ranges.push(...(await this.#ranges(topic)));
    const queues = await inParallel(ranges, (range) => this.#readQueue(range));
    const delayed = await inParallel(await this.#delayRanges(), (range) => this.#readQueue(range));
    return {
      broker: address,
      topics: [...topics.values()].filter(({ topicName }) => !isSystem(topicName)),
      groups: [...groups.values()],
      queues,
      delayed,
      // Last, so that they are not behind messages that consumers had read when those were exported.
      offsets: await this.#offsets(),
    };
  }

  /** The queues of a topic that hold messages, or had some. */
  async #ranges(topic: string): Promise<QueueRange[]> {
    try {
      const { offsetTable } = await this.#admin.askFor(getTopicStats, this.#address, { topic }, topicStatsTable);
      return [...offsetTable]
        .map(([{ queueId }, { minOffset, maxOffset }]) => ({ topic, queueId, from: minOffset, to: maxOffset }))
        .filter(({ to }) => to > 0);
    } catch (error) {
      // A topic of the system that has no queues here.
      if (hasCode(error, ResponseCode.TOPIC_NOT_EXIST)) return [];
      throw error;
    }
  }

  async #delayRanges(): Promise<QueueRange[]> {
    const { offsetTable } = await this.#admin.askFor(getAllDelayOffset, this.#address, {}, delayOffsetTable);
    const ranges = await this.#ranges(SCHEDULE_TOPIC);
    return ranges
      .map((range) => ({ ...range, from: Math.max(range.from, offsetTable.get(range.queueId + 1) ?? 0) }))
      .filter(({ from, to }) => from < to);
  }

  async #offsets(): Promise<StoreExport['offsets']> {
    const { offsetTable } = await this.#admin.askFor(getAllConsumerOffset, this.#address, {}, consumerOffsetTable);
    return [...offsetTable].flatMap(([key, queues]) => {
      const at = key.lastIndexOf('@');
      const [topic, group] = [key.slice(0, at), key.slice(at + 1)];
      return [...queues].map(([queueId, offset]) => ({ group, topic, queueId, offset }));
    });
  }

  async #readQueue({ topic, queueId, from, to }: QueueRange): Promise<ExportedQueue> {
    const file = this.#folder.newFile();
    let first = from;
    let next = from;
    let count = 0;
    while (next < to) {
      const pulled = await pullRecords(this.#admin, this.#address, { topic, queueId }, next, MESSAGES_PER_PULL);
      const wanted = pulled.records.filter(({ queueOffset }) => queueOffset < to);
      for (const { queueOffset } of wanted) {
        if (queueOffset !== next) throw new AdminError(`${topic} queue ${queueId} lacks offset ${next}.`);
        next++;
        count++;
      }
      const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
      this.#folder.append(file, pulled.bytes.subarray(0, bytes));
      this.#read += wanted.length;
      this.#progress(this.#read);
      if (wanted.length > 0) continue;
      // Retention may have removed what was asked for; before the first message that is no gap.
      if (pulled.nextOffset <= next || count > 0)
        throw new AdminError(
          `${topic} queue ${queueId} gives nothing at offset ${next}, although it ends at ${to} (code ${pulled.code}).`,
        );
      first = pulled.nextOffset;
      next = pulled.nextOffset;
    }
    return { topic, queueId, firstOffset: first, count, file };
  }
}
