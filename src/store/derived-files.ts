import type { DiskError, Platform } from '../platform/ports.ts';
import type { CommitLog } from './commit-log.ts';
import { ConsumeQueueSet } from './consume-queue-set.ts';
import { Dispatcher } from './dispatcher.ts';
import { FileHandles } from './file-handles.ts';
import { INTERNAL_TOPIC } from './internal-topic.ts';
import { MessageIndex } from './message-index.ts';
import type { QueueOffsets, RecoveryPoint } from './message-store.ts';
import type { QueueOffsetTable } from './queue-offset-table.ts';
import { UNIT_BYTES } from './queue-unit.ts';
import type { RecordLog } from './record-log.ts';
import type { StoreCounters } from './store-counters.ts';
import type { StoreOptions } from './store-options.ts';

type Done = (error: DiskError | undefined) => void;

export interface DerivedFilesOptions {
  readonly platform: Platform;
  /** Folder of `consumequeue/` and `index/`. */
  readonly root: string;
  readonly log: RecordLog;
  readonly commitLog: CommitLog;
  readonly offsets: QueueOffsetTable;
  readonly counters: StoreCounters;
  readonly store: StoreOptions;
}

/** What is derived from confirmed records, never replicated, and can be built anew: consume queues and index, and how they come back at a start. */
export class DerivedFiles {
  readonly queues: ConsumeQueueSet;
  /** Undefined: messageIndexEnable=false. */
  readonly index: MessageIndex | undefined;
  readonly dispatcher: Dispatcher;
  readonly #options: DerivedFilesOptions;

  constructor(options: DerivedFilesOptions) {
    const { platform, root, log, commitLog, offsets, counters, store } = options;
    const { disk, timers, clock, logger } = platform;
    this.#options = options;
    this.queues = new ConsumeQueueSet({
      root: `${root}/consumequeue`,
      handles: new FileHandles(disk, store.maxOpenQueueFiles),
      unitsPerFile: Math.ceil(store.consumeQueueFileBytes / UNIT_BYTES),
      timers,
      logger,
    });
    if (store.indexEnabled) {
      const handles = new FileHandles(disk, MAX_OPEN_INDEX_FILES);
      const { indexSlotCount: slotCount, indexEntryCount: entryCount } = store;
      this.index = new MessageIndex({ directory: `${root}/index`, handles, slotCount, entryCount, clock, logger });
    }
    const { queues, index } = this;
    const { delayLevelsMs } = store;
    this.dispatcher = new Dispatcher({ log, commitLog, offsets, queues, index, delayLevelsMs, counters, logger });
  }

  /** See `MessageStore.recover`. */
  recover(point: RecoveryPoint): void {
    const { fromPosition, stateAt = fromPosition } = point;
    const offsets = withoutInternal(point.queueOffsets);
    this.#options.offsets.import(point.queueOffsets);
    this.#options.commitLog.sawTimestamp(point.lastTimestamp ?? 0);
    const indexMissing = this.index?.open(fromPosition) === false;
    if (stateAt > fromPosition) {
      this.queues.wipe();
      this.dispatcher.startAt(fromPosition, stateAt, () => this.#fitQueues(offsets));
      return;
    }
    const problem =
      this.queues.open() ?? (this.queues.covers(offsets, fromPosition) ? undefined : 'some of their files are missing');
    if (problem === undefined) this.queues.cutTo(offsets);
    else this.#rebuildQueues(problem, fromPosition, offsets);
    this.queues.trimNow(this.#options.log.minPosition);
    if (indexMissing) this.dispatcher.reindex(this.#options.log.minPosition, fromPosition);
    this.dispatcher.startAt(fromPosition);
  }

  /** Instead of `recover`, in a store that runs and holds nothing. */
  beginAt({ fromPosition, stateAt = fromPosition, queueOffsets, lastTimestamp = 0 }: RecoveryPoint): void {
    const offsets = withoutInternal(queueOffsets);
    this.#options.offsets.import(queueOffsets);
    this.#options.commitLog.sawTimestamp(lastTimestamp);
    this.queues.wipe();
    this.dispatcher.startAt(fromPosition, stateAt, () => this.#fitQueues(offsets));
  }

  /**
   * Instead of `recover`, for a directory without a recovery point (RocketMQ wrote it): next offsets are those of the consume queues,
   * which are kept if they are `trusted` (the last run closed them) and hold tags codes, else built anew. The whole log is dispatched. A queue that has no message left goes on
   * no lower than `known` says; before such queues are removed, `note` makes their next offsets durable for a start that does not get to its recovery point. Throws a sentence or the disk's error.
   */
  adopt(logEnd: number, trusted: boolean, known: readonly QueueOffsets[], note: (offsets: QueueOffsets) => void): void {
    const { log, platform } = this.#options;
    const { minPosition } = log;
    const problem = this.queues.open() ?? (trusted ? this.queues.findTagsElsewhere() : undefined);
    const facts = { problem, from: minPosition, to: logEnd };
    if (problem !== undefined) platform.logger.warn('building the consume queues anew from the log', facts);
    this.queues.cutAtPosition(logEnd);
    const offsets = new Map<string, number[]>();
    for (const queue of this.queues.all()) {
      const nexts = offsets.get(queue.topic) ?? [];
      while (nexts.length < queue.queueId) nexts.push(-1);
      nexts[queue.queueId] = queue.maxOffset;
      offsets.set(queue.topic, nexts);
    }
    this.index?.open(trusted ? logEnd : minPosition);
    if (trusted && problem === undefined) this.#options.offsets.import(offsets);
    else {
      note(this.#idle([offsets, ...known]));
      this.queues.wipe();
    }
    this.queues.trimNow(minPosition);
    this.dispatcher.startAt(minPosition);
    this.dispatcher.dispatchTo(logEnd);
    this.dispatcher.arrivals.drop();
    for (const nexts of [offsets, ...known]) this.#raiseTo(nexts);
  }

  /** The highest next offsets of queues of which the log holds no message, as far as their files tell. */
  #idle(tables: readonly QueueOffsets[]): QueueOffsets {
    const { minPosition } = this.#options.log;
    const idle = new Map<string, number[]>();
    for (const [topic, nexts] of tables.flatMap((table) => [...table])) {
      const highest = idle.get(topic) ?? [];
      idle.set(topic, highest);
      for (const [queueId, next] of nexts.entries()) {
        const queue = this.queues.find(topic, queueId);
        const holds = queue !== undefined && queue.offsetAtPosition(minPosition) < queue.maxOffset;
        highest[queueId] = Math.max(highest[queueId] ?? -1, holds ? -1 : next);
      }
    }
    return idle;
  }

  /** Queues whose messages are all gone from the log go on where they were. */
  #raiseTo(offsets: QueueOffsets): void {
    const idle = new Map<string, number[]>();
    for (const [topic, nexts] of offsets) {
      const rest = nexts.map((next, queueId) =>
        this.#options.offsets.committedNext(topic, queueId) === 0 ? next : -1,
      );
      if (rest.some((next) => next > 0)) idle.set(topic, rest);
    }
    if (idle.size === 0) return;
    this.#options.offsets.raise(idle);
    this.queues.markNext(idle);
  }

  #rebuildQueues(problem: string, fromPosition: number, offsets: QueueOffsets): void {
    const { logger } = this.#options.platform;
    const from = this.#options.log.minPosition;
    if (from < fromPosition)
      logger.warn('building the consume queues anew from the log', { problem, from, to: fromPosition });
    this.queues.wipe();
    this.dispatcher.rebuild(from, fromPosition);
    this.#fitQueues(offsets);
  }

  #fitQueues(offsets: QueueOffsets): void {
    this.queues.cutTo(offsets);
    this.queues.markNext(offsets);
  }

  /** Writes what is in memory; with `sync` fsynced. */
  flush(sync: boolean, done: Done): void {
    this.queues.flush(sync, (queueError) => {
      if (this.index === undefined) done(queueError);
      else this.index.flush(sync, (indexError) => done(queueError ?? indexError));
    });
  }

  /** The log now begins later: what is below goes. Throws the disk's error. */
  trim(): void {
    this.queues.trim(this.#options.log.minPosition);
    this.index?.trim(this.#options.log.minPosition);
  }

  /** Closes the files without writing. */
  abandon(): void {
    this.queues.closeFiles();
    this.index?.closeFiles();
  }

  close(done: Done): void {
    this.queues.flush(true, (queueError) => {
      this.queues.closeFiles();
      if (this.index === undefined) done(queueError);
      else this.index.close((indexError) => done(queueError ?? indexError));
    });
  }
}

const MAX_OPEN_INDEX_FILES = 16;

function withoutInternal(offsets: QueueOffsets): QueueOffsets {
  const rest = new Map(offsets);
  rest.delete(INTERNAL_TOPIC);
  return rest;
}
