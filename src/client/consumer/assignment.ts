import type { ClientSession } from '../client-session.ts';
import { type MessageQueue, queueKey } from '../message-queue.ts';
import type { OffsetStore } from './offset-store.ts';
import type { QueueReader } from './queue-reader.ts';

export interface AssignmentOptions {
  readonly session: ClientSession;
  readonly offsets: OffsetStore;
  /** Where to begin a queue without stored progress. */
  readonly firstOffset: (queue: MessageQueue) => Promise<number>;
  /** Makes the reader of a queue that was assigned; it is started here. */
  readonly makeReader: (queue: MessageQueue, offset: number) => QueueReader;
  readonly onDropped: (queue: MessageQueue) => void;
  /** A queue could not be begun. */
  readonly onIncomplete: () => void;
}

/** The queues that this consumer reads now, and their progress. */
export class Assignment {
  readonly #options: AssignmentOptions;
  readonly #readers = new Map<string, QueueReader>();
  #closed = false;

  constructor(options: AssignmentOptions) {
    this.#options = options;
  }

  /** Whether what the reader delivered still counts. */
  holds(reader: QueueReader): boolean {
    return this.#readers.get(queueKey(reader.queue)) === reader;
  }

  readers(): QueueReader[] {
    return [...this.#readers.values()];
  }

  reader(queue: MessageQueue): QueueReader | undefined {
    return this.#readers.get(queueKey(queue));
  }

  queues(): MessageQueue[] {
    return this.readers().map((reader) => reader.queue);
  }

  /** Reads exactly these queues of a topic from now on. Resolves when those that could be begun are being read. */
  async assign(topic: string, queues: readonly MessageQueue[]): Promise<void> {
    const wanted = new Set(queues.map(queueKey));
    const dropped = this.readers().filter(({ queue }) => queue.topic === topic && !wanted.has(queueKey(queue)));
    const added = queues.filter((queue) => !this.#readers.has(queueKey(queue)));
    if (dropped.length === 0 && added.length === 0) return;
    await this.#drop(dropped);
    await Promise.all(added.map((queue) => this.#begin(queue)));
    const mine = this.queues().filter((queue) => queue.topic === topic);
    this.#options.session.events.emit('rebalanced', { topic, queues: mine });
  }

  /** Stores the progress that is not stored yet. `confirmed`: resolves when the brokers have it. Never rejects. */
  async save(confirmed: boolean, readers: readonly QueueReader[] = this.readers()): Promise<void> {
    const { session, offsets } = this.#options;
    const save = async (reader: QueueReader): Promise<void> => {
      const offset = reader.unsaved();
      if (offset === undefined) return;
      try {
        await offsets.save(new Map([[reader.queue, offset]]), confirmed);
        reader.saved(offset);
      } catch (error) {
        session.report(`storing the progress of ${queueKey(reader.queue)}`, error as Error);
      }
    };
    await Promise.all(readers.map(save));
  }

  /** Pulls nothing more; what is being consumed still counts. */
  stopReading(): void {
    this.#closed = true;
    for (const reader of this.readers()) reader.stop();
  }

  async #drop(readers: readonly QueueReader[]): Promise<void> {
    for (const reader of readers) {
      reader.stop();
      this.#readers.delete(queueKey(reader.queue));
      this.#options.onDropped(reader.queue);
    }
    await this.save(true, readers);
  }

  async #begin(queue: MessageQueue): Promise<void> {
    const { session, offsets, firstOffset, makeReader, onIncomplete } = this.#options;
    try {
      const offset = (await offsets.load(queue)) ?? (await firstOffset(queue));
      if (this.#closed || this.#readers.has(queueKey(queue))) return;
      const reader = makeReader(queue, offset);
      this.#readers.set(queueKey(queue), reader);
      reader.start();
    } catch (error) {
      session.report(`beginning queue ${queueKey(queue)}`, error as Error);
      onIncomplete();
    }
  }
}
