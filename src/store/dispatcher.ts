import type { Logger } from '../platform/ports.ts';
import { SysFlag } from '../protocol/message/flags.ts';
import { PropertyName } from '../protocol/message/properties.ts';
import { PropertyFinder } from '../protocol/message/property-finder.ts';
import { RecordReader } from '../protocol/message/record-reader.ts';
import { tagsCodeOfBytes } from '../protocol/message/tags.ts';
import { ArrivalBatch } from './arrival-batch.ts';
import { type CommitLog, isQueued } from './commit-log.ts';
import type { ConsumeQueueSet } from './consume-queue-set.ts';
import { INTERNAL_TOPIC, SCHEDULE_TOPIC } from './internal-topic.ts';
import type { MessageIndex } from './message-index.ts';
import type { InternalRecordHandler } from './message-store.ts';
import type { QueueOffsetTable } from './queue-offset-table.ts';
import type { RecordLog } from './record-log.ts';
import type { StoreCounters } from './store-counters.ts';

export interface DispatcherOptions {
  readonly log: RecordLog;
  readonly commitLog: CommitLog;
  readonly offsets: QueueOffsetTable;
  readonly queues: ConsumeQueueSet;
  /** Undefined: messageIndexEnable=false. */
  readonly index: MessageIndex | undefined;
  /** By level; level 0 has none. */
  readonly delayLevelsMs: readonly number[];
  readonly counters: StoreCounters;
  readonly logger: Logger;
}

const TAGS = 0;
const KEYS = 1;
const UNIQ_KEY = 2;
const DELAY = 3;

/**
 * Brings confirmed records to what is derived from them, in log order: consume queues, index, queue offsets, internal state. One pass
 * over the bytes of each batch of confirmed records.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #reader = new RecordReader();
  readonly #properties = new PropertyFinder([
    PropertyName.TAGS,
    PropertyName.KEYS,
    PropertyName.UNIQ_KEY,
    PropertyName.DELAY,
  ]);
  readonly arrivals = new ArrivalBatch();
  #internal: InternalRecordHandler | undefined;
  #position = 0;
  /** The internal state is that of this place: what lies below is only put into queues and index. */
  #stateAt = 0;
  #stateReached: () => void = () => {};
  #dispatching = false;
  /** End of the open record in its buffer. */
  #end = 0;
  readonly #live = (buffer: Buffer, offset: number, size: number, position: number): void =>
    this.#dispatch(buffer, offset, size, position);
  readonly #again = (buffer: Buffer, offset: number, size: number, position: number): void =>
    this.#rebuild(buffer, offset, size, position);

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  setInternalRecordHandler(handler: InternalRecordHandler): void {
    this.#internal = handler;
  }

  /** End of what is dispatched. */
  get position(): number {
    return this.#position;
  }

  /** Is a record being dispatched, so that what its handler does belongs to its place in the log? */
  get dispatching(): boolean {
    return this.#dispatching;
  }

  /** `reached` is called when the queues hold everything below `stateAt` (RecoveryPoint.stateAt). */
  startAt(position: number, stateAt = position, reached: () => void = () => {}): void {
    this.#position = position;
    this.#stateAt = stateAt;
    this.#stateReached = reached;
  }

  /** Dispatches the records up to a confirmed position. Arrivals are collected, not yet told. */
  dispatchTo(position: number): void {
    if (this.#position < this.#stateAt) this.#catchUp(Math.min(position, this.#stateAt));
    if (position <= this.#position) return;
    this.#dispatching = true;
    this.#options.log.scan(this.#position, position, this.#live);
    this.#dispatching = false;
    this.#position = position;
  }

  #catchUp(to: number): void {
    this.rebuild(this.#position, to);
    this.#position = Math.max(this.#position, to);
    if (to === this.#stateAt) this.#stateReached();
  }

  /** Counts records that are appended and not confirmed into the queue offsets at the tail. */
  adoptTail(to: number): void {
    const from = Math.max(this.#position, this.#stateAt);
    if (to <= from) return;
    const { log, offsets, commitLog } = this.#options;
    log.scan(from, to, (buffer, offset, size, position) => {
      const reader = this.#open(buffer, offset, size, position);
      commitLog.sawTimestamp(reader.storeTimestamp);
      if (isQueued(reader.sysFlag))
        offsets.appended(offsets.topic(reader.topic), reader.queueId, reader.queueOffset + 1);
    });
  }

  /** Builds consume queues (which are empty) and index from records that were dispatched before; no internal state, no arrivals. */
  rebuild(from: number, to: number): void {
    if (from < to) this.#options.log.scan(from, to, this.#again);
  }

  /** Adds what the index lacks of records that were dispatched before. */
  reindex(from: number, to: number): void {
    const { index, log } = this.#options;
    if (index === undefined || from >= to) return;
    log.scan(from, to, (buffer, offset, size, position) => {
      if (!index.wants(position)) return;
      const reader = this.#open(buffer, offset, size, position);
      this.#properties.scan(buffer, reader.propertiesStart, this.#end);
      if (reader.topic !== INTERNAL_TOPIC) this.#indexKeys(index, buffer, reader.topic, position);
    });
  }

  #dispatch(buffer: Buffer, offset: number, size: number, position: number): void {
    const reader = this.#open(buffer, offset, size, position);
    const { offsets, commitLog, counters } = this.#options;
    const topic = reader.topic;
    commitLog.sawTimestamp(reader.storeTimestamp);
    counters.dispatchedRecords++;
    if (isQueued(reader.sysFlag)) {
      offsets.confirmed(offsets.topic(topic), reader.queueId, reader.queueOffset + 1);
      if (topic !== INTERNAL_TOPIC) {
        const tagsCode = this.#derive(buffer, topic, position);
        this.arrivals.add(topic, reader.queueId, reader.queueOffset + 1, tagsCode);
        return;
      }
    }
    if (topic === INTERNAL_TOPIC) this.#internal?.applyInternal(buffer.subarray(offset, offset + size), position);
    else this.#derive(buffer, topic, position);
  }

  #rebuild(buffer: Buffer, offset: number, size: number, position: number): void {
    const reader = this.#open(buffer, offset, size, position);
    const topic = reader.topic;
    if (topic === INTERNAL_TOPIC) return;
    // An offset that goes back means that the topic was removed and made again: what the queue had is gone.
    const queue = this.#options.queues.find(topic, reader.queueId);
    if (isQueued(reader.sysFlag) && queue !== undefined && reader.queueOffset < queue.maxOffset)
      queue.cutTo(reader.queueOffset);
    this.#derive(buffer, topic, position);
  }

  #open(buffer: Buffer, offset: number, size: number, position: number): RecordReader {
    const status = this.#reader.open(buffer, offset, offset + size);
    this.#end = offset + size;
    if (status !== 'record')
      throw new Error(
        `no record can be read at position ${position}: ${status === 'invalid' ? this.#reader.problem : status}`,
      );
    return this.#reader;
  }

  /** Queue unit and index entries of the record that is open; returns its tags code. */
  #derive(buffer: Buffer, topic: string, position: number): number {
    const reader = this.#reader;
    const { queues, index, logger } = this.#options;
    const properties = this.#properties;
    properties.scan(buffer, reader.propertiesStart, this.#end);
    const tagsCode = this.#tagsCode(buffer, topic);
    if (isQueued(reader.sysFlag)) {
      const { queueId, queueOffset, size } = reader;
      if (!queues.append(topic, queueId, queueOffset, position, size, tagsCode)) {
        logger.error('a record is not in its consume queue: its offset is far ahead of the queue', {
          topic,
          queueId,
          queueOffset,
          position,
        });
      }
    }
    if (index?.wants(position)) this.#indexKeys(index, buffer, topic, position);
    return tagsCode;
  }

  /** Hash of the tag; for delayed messages the time of delivery (CommitLog.checkMessageAndReturnSize). */
  #tagsCode(buffer: Buffer, topic: string): number {
    const properties = this.#properties;
    if (topic === SCHEDULE_TOPIC) {
      const { delayLevelsMs } = this.#options;
      const level = Math.min(Number(properties.text(DELAY) ?? 0) || 0, delayLevelsMs.length - 1);
      if (level > 0) return this.#reader.storeTimestamp + delayLevelsMs[level]!;
    }
    const start = properties.start(TAGS);
    return start < 0 ? 0 : tagsCodeOfBytes(buffer, start, properties.end(TAGS));
  }

  /** UNIQ_KEY and every word of KEYS; rolled-back messages have none (IndexService.buildIndex). */
  #indexKeys(index: MessageIndex, buffer: Buffer, topic: string, position: number): void {
    const reader = this.#reader;
    const properties = this.#properties;
    if ((reader.sysFlag & SysFlag.TRANSACTION_MASK) !== SysFlag.TRANSACTION_ROLLBACK) {
      const time = reader.storeTimestamp;
      const uniqueAt = properties.start(UNIQ_KEY);
      if (uniqueAt >= 0) index.put(topic, buffer, uniqueAt, properties.end(UNIQ_KEY), position, time);
      const end = properties.end(KEYS);
      for (let from = properties.start(KEYS); from >= 0 && from < end; ) {
        let to = from;
        while (to < end && buffer[to] !== SPACE) to++;
        if (to > from) index.put(topic, buffer, from, to, position, time);
        from = to + 1;
      }
    }
    index.finished(position);
  }
}

const SPACE = 0x20;
