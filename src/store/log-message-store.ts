import type { DiskError, Platform, Timer } from '../platform/ports.ts';
import { ColdReader } from './cold-reader.ts';
import { CommitLog } from './commit-log.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import { ConsumeQueueSet } from './consume-queue-set.ts';
import { Dispatcher } from './dispatcher.ts';
import { FileHandles } from './file-handles.ts';
import { GetOperation } from './get-operation.ts';
import type { GetDone, GetResult, GetStatus, MessageFilter } from './get-result.ts';
import { INTERNAL_TOPIC } from './internal-topic.ts';
import { queryByKey } from './key-query.ts';
import { MessageIndex } from './message-index.ts';
import type {
  ArrivalListener,
  InternalRecordHandler,
  MessageStore,
  QueueOffsets,
  RecoveryPoint,
  TimeBoundary,
} from './message-store.ts';
import type { PendingPut, PutMessage, PutRefusal } from './put-message.ts';
import { QueueOffsetTable } from './queue-offset-table.ts';
import { UNIT_BYTES } from './queue-unit.ts';
import type { RecordLog } from './record-log.ts';
import { RecordSource } from './record-source.ts';
import type { Replicator } from './replicator.ts';
import { newStoreCounters } from './store-counters.ts';
import type { StoreOptions } from './store-options.ts';
import { searchByTime, storeTimeAt, storeTimestampOf } from './time-search.ts';

/** The log as the message store needs it: both sides of it. */
export interface StoreLog {
  readonly replicator: Replicator;
  readonly records: RecordLog;
}

/** The message store over any log: `MessageStore` says what it does. */
export class LogMessageStore implements MessageStore {
  readonly counters = newStoreCounters();
  readonly #platform: Platform;
  readonly #options: StoreOptions;
  readonly #log: RecordLog;
  readonly #offsets = new QueueOffsetTable();
  readonly #commitLog: CommitLog;
  readonly #queues: ConsumeQueueSet;
  readonly #index: MessageIndex | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #source: RecordSource;
  #flushTimer: Timer | undefined;
  #flushFailed = false;
  /** Store time of the first record, for the log's start that it belongs to. */
  #earliest: { minPosition: number; timeMs: number } | undefined;
  #recovered = false;
  #started = false;

  /** `root` is the folder that gets `consumequeue/` and `index/`. */
  constructor(platform: Platform, root: string, log: StoreLog, options: StoreOptions) {
    const { disk, timers, clock, logger } = platform;
    const { counters } = this;
    this.#platform = platform;
    this.#options = options;
    this.#log = log.records;
    this.#commitLog = new CommitLog({ replicator: log.replicator, offsets: this.#offsets, clock, counters });
    this.#queues = new ConsumeQueueSet({
      root: `${root}/consumequeue`,
      handles: new FileHandles(disk, options.maxOpenQueueFiles),
      unitsPerFile: Math.ceil(options.consumeQueueFileBytes / UNIT_BYTES),
      timers,
      logger,
    });
    if (options.indexEnabled) {
      const handles = new FileHandles(disk, 16);
      const { indexSlotCount: slotCount, indexEntryCount: entryCount } = options;
      this.#index = new MessageIndex({ directory: `${root}/index`, handles, slotCount, entryCount, clock, logger });
    }
    this.#dispatcher = new Dispatcher({
      log: log.records,
      commitLog: this.#commitLog,
      offsets: this.#offsets,
      queues: this.#queues,
      index: this.#index,
      delayLevelsMs: options.delayLevelsMs,
      counters,
      logger,
    });
    const cold = new ColdReader({
      log: log.records,
      blockBytes: options.coldBlockBytes,
      blockCount: options.coldBlockCount,
    });
    this.#source = new RecordSource(log.records, this.#queues, cold, logger);
    log.replicator.setListener({
      confirmed: (ticket, position) => this.#confirmed(ticket, position),
      lost: (reason) => this.#lost(reason),
    });
  }

  setStoreHost(host: Uint8Array): void {
    this.#commitLog.setStoreHost(host);
  }

  addArrivalListener(listener: ArrivalListener): void {
    this.#dispatcher.arrivals.addListener(listener);
  }

  setInternalRecordHandler(handler: InternalRecordHandler): void {
    this.#dispatcher.setInternalRecordHandler(handler);
  }

  refusal(): PutRefusal | undefined {
    return this.#commitLog.refusal();
  }

  put(message: PutMessage, pending: PendingPut): PutRefusal | undefined {
    return this.#commitLog.put(message, pending);
  }

  putUnit(messages: readonly PutMessage[], pending: PendingPut): PutRefusal | undefined {
    return this.#commitLog.putUnit(messages, pending);
  }

  /** Readers see a message before its sender hears of it. */
  #confirmed(ticket: number, position: number): void {
    if (!this.#started) return;
    this.#dispatcher.dispatchTo(position);
    this.#commitLog.confirmed(ticket);
    this.#dispatcher.arrivals.tell();
  }

  #lost(reason: string): void {
    const { pendingPuts } = this.#commitLog;
    if (pendingPuts > 0) this.#platform.logger.warn('the outcome of messages is unknown', { pendingPuts, reason });
    this.#commitLog.lost();
  }

  getMessage(
    topic: string,
    queueId: number,
    offset: number,
    maxCount: number,
    maxBytes: number,
    filter: MessageFilter | undefined,
    done: GetDone,
  ): void {
    this.counters.getCalls++;
    const queue = this.#queues.find(topic, queueId);
    const miss = missOf(queue, offset);
    if (miss !== undefined || queue === undefined) {
      this.counters.getMissed++;
      done(miss ?? emptyResult('NO_MATCHED_LOGIC_QUEUE', 0, 0, 0));
      return;
    }
    const counted = (result: GetResult): void => {
      this.#count(result);
      done(result);
    };
    new GetOperation(this.#source, this.#options.getLimits, {
      queue,
      offset,
      maxCount,
      maxBytes,
      filter,
      done: counted,
    }).run();
  }

  #count(result: GetResult): void {
    const { counters } = this;
    if (result.records.length === 0) counters.getMissed++;
    else counters.getFound++;
    counters.getMessages += result.records.length;
    counters.getBytes += result.byteLength;
    if (result.fromDisk) counters.getFromDisk++;
  }

  minOffset(topic: string, queueId: number): number {
    const queue = this.#queues.find(topic, queueId);
    return queue === undefined ? this.#offsets.committedNext(topic, queueId) : queue.minOffset;
  }

  maxOffset(topic: string, queueId: number): number {
    const queue = this.#queues.find(topic, queueId);
    return queue === undefined ? this.#offsets.committedNext(topic, queueId) : queue.maxOffset;
  }

  nextOffset(topic: string, queueId: number): number {
    return this.#offsets.tailNext(topic, queueId);
  }

  offsetByTime(
    topic: string,
    queueId: number,
    timestampMs: number,
    boundary: TimeBoundary,
    done: (offset: number) => void,
  ): void {
    const queue = this.#queues.find(topic, queueId);
    if (queue === undefined) done(this.maxOffset(topic, queueId));
    else searchByTime(this.#source, queue, timestampMs, boundary, done);
  }

  storeTimeAt(topic: string, queueId: number, offset: number, done: (timeMs: number | undefined) => void): void {
    const queue = this.#queues.find(topic, queueId);
    if (queue === undefined) done(undefined);
    else storeTimeAt(this.#source, queue, offset, done);
  }

  earliestTime(done: (timeMs: number | undefined) => void): void {
    const { minPosition, confirmedPosition } = this.#log;
    if (this.#earliest?.minPosition !== minPosition) this.#earliest = undefined;
    if (this.#earliest === undefined && confirmedPosition > minPosition)
      this.#earliest = this.#firstRecord(minPosition);
    done(this.#earliest?.timeMs);
  }

  /** Reads, blocking, once for each start of the log. */
  #firstRecord(minPosition: number): { minPosition: number; timeMs: number } | undefined {
    let found: { minPosition: number; timeMs: number } | undefined;
    this.#log.scan(minPosition, minPosition + 1, (buffer, offset, size) => {
      found ??= { minPosition, timeMs: storeTimestampOf(buffer.subarray(offset, offset + size)) };
    });
    return found;
  }

  lookup(position: number, done: (record: Buffer | undefined) => void): void {
    this.#source.lookup(position, done);
  }

  queryByKey(
    topic: string,
    key: string,
    maxCount: number,
    beginMs: number,
    endMs: number,
    done: (records: Buffer[]) => void,
  ): void {
    if (this.#index === undefined) done([]);
    else queryByKey(this.#index, this.#source, { topic, key, maxCount, beginMs, endMs }, done);
  }

  topics(): string[] {
    return this.#queues.topics();
  }

  queueIds(topic: string): number[] {
    return this.#queues.queueIds(topic);
  }

  get minPosition(): number {
    return this.#log.minPosition;
  }

  get confirmedPosition(): number {
    return this.#log.confirmedPosition;
  }

  get endPosition(): number {
    return this.#log.endPosition;
  }

  get dispatchedPosition(): number {
    return this.#dispatcher.position;
  }

  /** Largest store time in the log. */
  get lastTimestamp(): number {
    return this.#commitLog.lastTimestamp;
  }

  adoptTail(): void {
    this.#dispatcher.adoptTail(this.#log.endPosition);
  }

  topicRemovalAppended(topic: string): void {
    this.#offsets.removalAppended(topic);
  }

  removeTopic(topic: string): void {
    this.#offsets.removalConfirmed(topic);
    this.#queues.removeTopic(topic);
  }

  queueOffsets(): QueueOffsets {
    return this.#offsets.export();
  }

  flushTo(_position: number, done: (error: DiskError | undefined) => void): void {
    this.#flush(true, done);
  }

  #flush(sync: boolean, done: (error: DiskError | undefined) => void): void {
    this.#queues.flush(sync, (queueError) => {
      if (this.#index === undefined) done(queueError);
      else this.#index.flush(sync, (indexError) => done(queueError ?? indexError));
    });
  }

  recover(point: RecoveryPoint): void {
    const { fromPosition } = point;
    const offsets = withoutInternal(point.queueOffsets);
    this.#recovered = true;
    this.#offsets.import(point.queueOffsets);
    this.#commitLog.sawTimestamp(point.lastTimestamp ?? 0);
    const indexMissing = this.#index?.open(fromPosition) === false;
    const problem =
      this.#queues.open() ??
      (this.#queues.covers(offsets, fromPosition) ? undefined : 'some of their files are missing');
    if (problem === undefined) this.#queues.cutTo(offsets);
    else this.#rebuildQueues(problem, fromPosition, offsets);
    this.#queues.trimNow(this.#log.minPosition);
    if (indexMissing) this.#dispatcher.reindex(this.#log.minPosition, fromPosition);
    this.#dispatcher.startAt(fromPosition);
  }

  #rebuildQueues(problem: string, fromPosition: number, offsets: QueueOffsets): void {
    const { logger } = this.#platform;
    const from = this.#log.minPosition;
    if (from < fromPosition)
      logger.warn('building the consume queues anew from the log', { problem, from, to: fromPosition });
    this.#queues.wipe();
    this.#dispatcher.rebuild(from, fromPosition);
    this.#queues.cutTo(offsets);
    this.#queues.markNext(offsets);
  }

  trim(): void {
    this.#queues.trim(this.#log.minPosition);
    this.#index?.trim(this.#log.minPosition);
  }

  start(): void {
    if (!this.#recovered) throw new Error('a message store is recovered before it is started');
    this.#started = true;
    this.#dispatcher.dispatchTo(this.#log.confirmedPosition);
    this.#dispatcher.arrivals.drop();
    this.#commitLog.open();
    this.#flushTimer = this.#platform.timers.every(this.#options.flushIntervalMs, () =>
      this.#flush(false, this.#afterFlush),
    );
  }

  readonly #afterFlush = (error: DiskError | undefined): void => {
    if (error !== undefined) {
      this.counters.flushErrors++;
      if (!this.#flushFailed)
        this.#platform.logger.warn('consume queues or index cannot be written; trying again', { error: error.message });
    }
    this.#flushFailed = error !== undefined;
  };

  close(done: (error: DiskError | undefined) => void): void {
    if (this.#flushTimer !== undefined) this.#platform.timers.cancel(this.#flushTimer);
    this.#commitLog.close();
    this.#queues.flush(true, (queueError) => {
      this.#queues.closeFiles();
      if (this.#index === undefined) done(queueError);
      else this.#index.close((indexError) => done(queueError ?? indexError));
    });
  }

  /** Bytes that the consume queues hold in memory. */
  get queueMemoryBytes(): number {
    return this.#queues.memoryBytes;
  }
}

function withoutInternal(offsets: QueueOffsets): QueueOffsets {
  const rest = new Map(offsets);
  rest.delete(INTERNAL_TOPIC);
  return rest;
}

function emptyResult(status: GetStatus, nextBeginOffset: number, minOffset: number, maxOffset: number): GetResult {
  return { status, nextBeginOffset, minOffset, maxOffset, records: [], byteLength: 0, fromDisk: false, behindBytes: 0 };
}

/** Why nothing can be read at an offset, with the correction that RocketMQ's master gives (DefaultMessageStore.getMessage). */
function missOf(queue: ConsumeQueue | undefined, offset: number): GetResult | undefined {
  if (queue === undefined) return emptyResult('NO_MATCHED_LOGIC_QUEUE', 0, 0, 0);
  const { minOffset, maxOffset } = queue;
  if (maxOffset === 0) return emptyResult('NO_MESSAGE_IN_QUEUE', 0, minOffset, maxOffset);
  if (offset < minOffset) return emptyResult('OFFSET_TOO_SMALL', minOffset, minOffset, maxOffset);
  if (offset === maxOffset) return emptyResult('OFFSET_OVERFLOW_ONE', offset, minOffset, maxOffset);
  if (offset > maxOffset) return emptyResult('OFFSET_OVERFLOW_BADLY', maxOffset, minOffset, maxOffset);
  return undefined;
}
