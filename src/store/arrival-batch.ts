import type { ArrivalListener } from './message-store.ts';

/** What came to one queue in a batch. */
interface QueueArrival {
  readonly topic: string;
  readonly queueId: number;
  maxOffset: number;
  tagsCode: number | undefined;
  /** Number of the batch in which it came last. */
  batch: number;
}

const MAX_QUEUES = 10_000;

/** Collects the arrivals of one batch of confirmed records, queue by queue, and tells them once. */
export class ArrivalBatch {
  readonly #listeners: ArrivalListener[] = [];
  readonly #known = new Map<string, (QueueArrival | undefined)[]>();
  /** Queues of the topic that was added last. */
  #lastTopic = '';
  #lastQueues: (QueueArrival | undefined)[] = [];
  #arrived: QueueArrival[] = [];
  #batch = 1;

  addListener(listener: ArrivalListener): void {
    this.#listeners.push(listener);
  }

  add(topic: string, queueId: number, maxOffset: number, tagsCode: number): void {
    if (this.#listeners.length === 0) return;
    const queue =
      (topic === this.#lastTopic ? this.#lastQueues : this.#queuesOf(topic))[queueId] ?? this.#make(topic, queueId);
    if (queue.batch !== this.#batch) {
      queue.batch = this.#batch;
      queue.tagsCode = tagsCode;
      this.#arrived.push(queue);
    } else if (queue.tagsCode !== tagsCode) {
      queue.tagsCode = undefined;
    }
    queue.maxOffset = maxOffset;
  }

  #queuesOf(topic: string): (QueueArrival | undefined)[] {
    let queues = this.#known.get(topic);
    if (queues === undefined) {
      if (this.#known.size > MAX_QUEUES) this.#known.clear();
      queues = [];
      this.#known.set(topic, queues);
    }
    this.#lastTopic = topic;
    this.#lastQueues = queues;
    return queues;
  }

  #make(topic: string, queueId: number): QueueArrival {
    const queues = this.#queuesOf(topic);
    const queue = { topic, queueId, maxOffset: 0, tagsCode: undefined, batch: 0 };
    queues[queueId] = queue;
    return queue;
  }

  /** Tells what was collected. Listeners may read and put. */
  tell(): void {
    if (this.#arrived.length === 0) return;
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#batch++;
    for (const { topic, queueId, maxOffset, tagsCode } of arrived) {
      for (const listener of this.#listeners) listener.messagesArrived(topic, queueId, maxOffset, tagsCode);
    }
  }

  /** Forgets what was collected. */
  drop(): void {
    this.#arrived = [];
    this.#batch++;
  }
}
