import type { DiskError, Platform, Timer } from '../platform/ports.ts';
import { ColdReader } from './cold-reader.ts';
import { CommitLog } from './commit-log.ts';
import type { ConsumeQueueSet } from './consume-queue-set.ts';
import { DerivedFiles } from './derived-files.ts';
import type { Dispatcher } from './dispatcher.ts';
import { missAt } from './get-miss.ts';
import { GetOperation } from './get-operation.ts';
import type { GetDone, GetResult, MessageFilter } from './get-result.ts';
import { queryByKey } from './key-query.ts';
import type { MessageIndex } from './message-index.ts';
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
  readonly #derived: DerivedFiles;
  readonly #queues: ConsumeQueueSet;
  readonly #dispatcher: Dispatcher;
  readonly #source: RecordSource;
  #flushTimer: Timer | undefined;
  #flushFailed = false;
  /** Store time of the first record, for the log's start that it belongs to. */
  #earliest: { minPosition: number; timeMs: number } | undefined;
  /** Topics that were removed since the start. */
  removedTopics = 0;
  /** Removals that are no records of the log (a lone broker's): each takes effect behind what was appended before it. */
  readonly #removals: { readonly topic: string; readonly position: number }[] = [];
  #recovered = false;
  #started = false;

  /** `root` is the folder that gets `consumequeue/` and `index/`. */
  constructor(platform: Platform, root: string, log: StoreLog, options: StoreOptions) {
    const { clock, logger } = platform;
    const { counters } = this;
    this.#platform = platform;
    this.#options = options;
    this.#log = log.records;
    this.#commitLog = new CommitLog({ replicator: log.replicator, offsets: this.#offsets, clock, counters });
    this.#derived = new DerivedFiles({
      platform,
      root,
      log: log.records,
      commitLog: this.#commitLog,
      offsets: this.#offsets,
      counters,
      store: options,
    });
    this.#queues = this.#derived.queues;
    this.#dispatcher = this.#derived.dispatcher;
    const cold = new ColdReader({
      log: log.records,
      blockBytes: options.coldBlockBytes,
      blockCount: options.coldBlockCount,
    });
    this.#source = new RecordSource(log.records, this.#queues, cold, logger);
    log.replicator.setListener({
      confirmed: (ticket, position) => this.#confirmed(ticket, position),
      written: (ticket) => this.#commitLog.written(ticket),
      gaveUp: (ticket, outcome) => this.#commitLog.gaveUp(ticket, outcome),
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
    while (this.#removals.length > 0 && this.#removals[0]!.position <= position) {
      const { topic, position: place } = this.#removals.shift()!;
      this.#dispatcher.dispatchTo(place);
      this.#removeNow(topic);
    }
    this.#dispatcher.dispatchTo(position);
    this.#commitLog.confirmed(ticket);
    this.#dispatcher.arrivals.tell();
  }

  #lost(reason: string): void {
    const { pendingPuts } = this.#commitLog;
    if (pendingPuts > 0) this.#platform.logger.warn('the outcome of messages is unknown', { pendingPuts, reason });
    this.#commitLog.lost();
    for (const { topic } of this.#removals.splice(0)) this.#removeNow(topic);
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
    const miss = missAt(queue, offset);
    if (miss !== undefined || queue === undefined) {
      this.counters.getMissed++;
      done(miss ?? missAt(undefined, offset));
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
    const { index } = this.#derived;
    if (index === undefined) done([]);
    else queryByKey(index, this.#source, { topic, key, maxCount, beginMs, endMs }, done);
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

  get syncedPosition(): number {
    return this.#log.syncedPosition;
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
    const { dispatching, position } = this.#dispatcher;
    if (dispatching || position === this.#log.endPosition) this.#removeNow(topic);
    else this.#removals.push({ topic, position: this.#log.endPosition });
  }

  #removeNow(topic: string): void {
    this.#offsets.removalConfirmed(topic);
    this.#queues.removeTopic(topic);
    this.removedTopics++;
  }

  queueOffsets(): QueueOffsets {
    return this.#offsets.export();
  }

  flushTo(_position: number, done: (error: DiskError | undefined) => void): void {
    this.#derived.flush(true, done);
  }

  recover(point: RecoveryPoint): void {
    this.#recovered = true;
    this.#derived.recover(point);
  }

  /** The log, which holds nothing, begins at the point now; its state and offsets are those of a later place. */
  beginAt(point: RecoveryPoint): void {
    this.#derived.beginAt(point);
  }

  /** Instead of `recover`, for a directory without a recovery point; see `DerivedFiles.adopt`. */
  adopt(logEnd: number, trusted: boolean, known: readonly QueueOffsets[], note: (offsets: QueueOffsets) => void): void {
    this.#recovered = true;
    this.#derived.adopt(logEnd, trusted, known, note);
  }

  /** See `MessageIndex.completeness`; undefined without an index. */
  get indexCompleteness(): MessageIndex['completeness'] | undefined {
    return this.#derived.index?.completeness;
  }

  trim(): void {
    this.#derived.trim();
  }

  start(): void {
    if (!this.#recovered) throw new Error('a message store is recovered before it is started');
    this.#started = true;
    this.#dispatcher.dispatchTo(this.#log.confirmedPosition);
    this.#dispatcher.arrivals.drop();
    this.#commitLog.open();
    this.#flushTimer = this.#platform.timers.every(this.#options.flushIntervalMs, () =>
      this.#derived.flush(false, this.#afterFlush),
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

  /** First half of `close`: what is pending may still be confirmed. */
  refusePuts(): void {
    this.#commitLog.refuse();
  }

  close(done: (error: DiskError | undefined) => void): void {
    if (this.#flushTimer !== undefined) this.#platform.timers.cancel(this.#flushTimer);
    this.#commitLog.close();
    this.#derived.close(done);
  }

  /** Closes the files as they are: for a store that `recover` could not bring back. */
  abandon(): void {
    this.#derived.abandon();
  }

  /** Bytes that the consume queues hold in memory. */
  get queueMemoryBytes(): number {
    return this.#queues.memoryBytes;
  }
}
