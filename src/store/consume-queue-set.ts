import { asDiskError } from '../log/log-error.ts';
import type { DiskError, Logger, Timers } from '../platform/ports.ts';
import { ConsumeQueue } from './consume-queue.ts';
import type { FileHandles } from './file-handles.ts';
import type { QueueOffsets } from './message-store.ts';
import type { QueueFilesOptions } from './queue-files.ts';
import { QueueFlusher } from './queue-flusher.ts';

/** Queues whose cold units stay in memory. */
const MAX_COLD = 64;
/** Queues that are trimmed in one turn of the event loop. */
const TRIM_SLICE = 32;

export interface ConsumeQueueSetOptions {
  readonly root: string;
  /** Of this set alone. */
  readonly handles: FileHandles;
  readonly unitsPerFile: number;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** All consume queues of a store, by topic and queue id. */
export class ConsumeQueueSet {
  readonly #options: ConsumeQueueSetOptions;
  readonly #files: QueueFilesOptions;
  readonly #topics = new Map<string, (ConsumeQueue | undefined)[]>();
  readonly #flusher = new QueueFlusher();
  /** Queues of the topic that was appended to last. */
  #last: { readonly topic: string; readonly queues: readonly (ConsumeQueue | undefined)[] } | undefined;
  readonly #cold = new Set<ConsumeQueue>();
  #toTrim: ConsumeQueue[] = [];
  #trimPosition = 0;

  constructor(options: ConsumeQueueSetOptions) {
    this.#options = options;
    this.#files = options;
  }

  /** Opens what the folder holds; a sentence on the first queue that cannot be used as it is. All tell where they go on then. Throws a sentence for one that cannot be read. */
  open(): string | undefined {
    const { disk } = this.#options.handles;
    let first: string | undefined;
    for (const topic of disk.list(this.#files.root)) {
      for (const name of disk.list(`${this.#files.root}/${topic}`)) {
        if (!/^\d{1,9}$/.test(name)) continue;
        const queue = this.obtain(topic, Number(name));
        const problem = this.#read(queue, () => queue.open());
        first ??= problem;
      }
    }
    return first;
  }

  /** A sentence on the first queue in which RocketMQ kept tags codes elsewhere (enableConsumeQueueExt=true): a filter by tag would match none of its messages. Throws like `open`. */
  findTagsElsewhere(): string | undefined {
    for (const queue of this.all())
      if (this.#read(queue, () => queue.lacksTagsCodes()))
        return `${this.#folder(queue)} holds addresses of consumequeue_ext instead of tags codes (enableConsumeQueueExt=true)`;
    return undefined;
  }

  #folder({ topic, queueId }: ConsumeQueue): string {
    return `${this.#files.root}/${topic}/${queueId}`;
  }

  #read<T>(queue: ConsumeQueue, read: () => T): T {
    try {
      return read();
    } catch (thrown) {
      const { code, message } = asDiskError(thrown);
      const folder = this.#folder(queue);
      const why = `the consume queue ${folder} cannot be read: ${message}. Where that stays so, remove this folder: the queue is built anew from the log. One whose messages are all deleted begins at 0 then, if there is no recovery point`;
      throw Object.assign(new Error(why), { code });
    }
  }

  /** Removes all queues and their files, to be built anew. Throws the disk's error. */
  wipe(): void {
    for (const queue of this.all()) this.#forget(queue);
    this.#topics.clear();
    this.#last = undefined;
    this.#options.handles.closeAll();
    this.#options.handles.disk.removeTree(this.#files.root);
  }

  find(topic: string, queueId: number): ConsumeQueue | undefined {
    return this.#topics.get(topic)?.[queueId];
  }

  obtain(topic: string, queueId: number): ConsumeQueue {
    let queues = this.#topics.get(topic);
    if (queues === undefined) {
      queues = [];
      this.#topics.set(topic, queues);
    }
    let queue = queues[queueId];
    if (queue === undefined) {
      queue = new ConsumeQueue(this.#files, topic, queueId);
      while (queues.length < queueId) queues.push(undefined);
      queues[queueId] = queue;
    }
    return queue;
  }

  *all(): Generator<ConsumeQueue> {
    for (const queues of this.#topics.values()) for (const queue of queues) if (queue !== undefined) yield queue;
  }

  topics(): string[] {
    return [...this.#topics.keys()];
  }

  queueIds(topic: string): number[] {
    const ids: number[] = [];
    for (const queue of this.#topics.get(topic) ?? []) if (queue !== undefined) ids.push(queue.queueId);
    return ids;
  }

  /** Adds one message; false if the offset cannot belong to the queue. */
  append(topic: string, queueId: number, offset: number, position: number, size: number, tagsCode: number): boolean {
    const last = this.#last;
    const queue = (last?.topic === topic ? last.queues[queueId] : undefined) ?? this.#obtainIn(topic, queueId);
    if (!queue.append(offset, position, size, tagsCode)) return false;
    this.#flusher.changed(queue);
    return true;
  }

  #obtainIn(topic: string, queueId: number): ConsumeQueue {
    const queue = this.obtain(topic, queueId);
    this.#last = { topic, queues: this.#topics.get(topic)! };
    return queue;
  }

  /** Brings cold units of a queue into memory; see `ConsumeQueue.load`. */
  load(queue: ConsumeQueue, offset: number, done: (error: DiskError | undefined) => void): void {
    this.#cold.delete(queue);
    this.#cold.add(queue);
    for (const oldest of this.#cold) {
      if (this.#cold.size <= MAX_COLD) break;
      this.#cold.delete(oldest);
      oldest.dropCold();
    }
    queue.load(offset, done);
  }

  /** Writes (and fsyncs) what is in memory; see `QueueFlusher.flush`. */
  flush(sync: boolean, done: (error: DiskError | undefined) => void): void {
    this.#flusher.flush(sync, done);
  }

  /** Is each queue of the table there, in its files, up to its next offset, with records that end at or below `beforePosition`? */
  covers(offsets: QueueOffsets, beforePosition: number): boolean {
    for (const [topic, nexts] of offsets) {
      for (const [queueId, next] of nexts.entries()) {
        if (next <= 0) continue;
        if (this.find(topic, queueId)?.covers(next, beforePosition) !== true) return false;
      }
    }
    return true;
  }

  /** Cuts each queue to its next offset in the table; queues that are not in it go. Throws the disk's error. */
  cutTo(offsets: QueueOffsets): void {
    for (const queue of [...this.all()]) {
      const next = offsets.get(queue.topic)?.[queue.queueId] ?? -1;
      if (next >= 0) this.#cutQueue(queue, next);
      else this.#drop(queue);
    }
  }

  /** Cuts off everything about records at or behind `position`. Throws the disk's error. */
  cutAtPosition(position: number): void {
    for (const queue of this.all()) this.#cutQueue(queue, queue.offsetAtPosition(position));
  }

  #cutQueue(queue: ConsumeQueue, next: number): void {
    queue.cutTo(next);
    if (queue.dirty) this.#flusher.changed(queue);
  }

  /** Remembers the next offsets of queues that have no message left. */
  markNext(offsets: QueueOffsets): void {
    for (const [topic, nexts] of offsets) {
      for (const [queueId, next] of nexts.entries()) {
        if (next <= 0 || this.find(topic, queueId)?.maxOffset === next) continue;
        const queue = this.obtain(topic, queueId);
        queue.markNext(next);
        this.#flusher.changed(queue);
      }
    }
  }

  /** The log now begins at `position`; blocking, for the start. Throws the disk's error. */
  trimNow(position: number): void {
    for (const queue of this.all()) this.#trimQueue(queue, position);
  }

  /** The same some queues at a time; a queue that cannot be trimmed is tried again at the next call. */
  trim(position: number): void {
    const idle = this.#toTrim.length === 0;
    this.#trimPosition = position;
    this.#toTrim = [...this.all()];
    if (idle) this.#trimSlice();
  }

  #trimQueue(queue: ConsumeQueue, position: number): void {
    const { topic, queueId } = queue;
    const files = queue.trim(position);
    const facts = { topic, queueId, files, minOffset: queue.minOffset };
    if (files > 0) this.#options.logger.info('Removed files of a consume queue whose messages are gone', facts);
  }

  #trimSlice(): void {
    for (const queue of this.#toTrim.splice(-TRIM_SLICE)) {
      if (this.find(queue.topic, queue.queueId) !== queue) continue;
      try {
        this.#trimQueue(queue, this.#trimPosition);
      } catch (thrown) {
        const { message } = asDiskError(thrown);
        this.#options.logger.warn('cannot trim a consume queue', {
          topic: queue.topic,
          queueId: queue.queueId,
          error: message,
        });
      }
    }
    if (this.#toTrim.length > 0) this.#options.timers.after(0, () => this.#trimSlice());
  }

  /** Throws the disk's error. */
  removeTopic(topic: string): void {
    for (const queue of this.#topics.get(topic) ?? []) {
      if (queue === undefined) continue;
      this.#forget(queue);
      queue.remove();
    }
    this.#topics.delete(topic);
    this.#last = undefined;
    this.#options.handles.disk.removeTree(`${this.#files.root}/${topic}`);
  }

  #drop(queue: ConsumeQueue): void {
    this.#forget(queue);
    queue.remove();
    const queues = this.#topics.get(queue.topic);
    if (queues === undefined) return;
    queues[queue.queueId] = undefined;
    if (queues.every((other) => other === undefined)) this.#topics.delete(queue.topic);
  }

  #forget(queue: ConsumeQueue): void {
    this.#flusher.forget(queue);
    this.#cold.delete(queue);
    this.#last = undefined;
  }

  closeFiles(): void {
    this.#options.handles.closeAll();
  }

  /** Bytes of units in memory. */
  get memoryBytes(): number {
    let total = 0;
    for (const queue of this.all()) total += queue.memoryBytes;
    return total;
  }
}
