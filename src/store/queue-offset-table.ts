import type { QueueOffsets } from './message-store.ts';

/** Next offsets of the queues of one topic, by queue id; -1 stands for a queue that was never used. */
export interface TopicOffsets {
  readonly topic: string;
  /** As of the last confirmed record. */
  committed: number[];
  /** As of the end of the log: what the next put gets. */
  tail: number[];
  /** Changes in `tail` that are not in `committed` yet. */
  uncommitted: number;
}

/**
 * The next offset of every queue: state of the log, not of the consume queues (raft/SAFETY.md 5). The leader assigns at the tail; what is
 * confirmed follows in log order. Never goes back, except when a topic is removed.
 */
export class QueueOffsetTable {
  readonly #topics = new Map<string, TopicOffsets>();
  /** The topic that was asked for last: records of one topic often come together. */
  #last: TopicOffsets | undefined;

  topic(name: string): TopicOffsets {
    const last = this.#last;
    if (last !== undefined && last.topic === name) return last;
    let offsets = this.#topics.get(name);
    if (offsets === undefined) {
      offsets = { topic: name, committed: [], tail: [], uncommitted: 0 };
      this.#topics.set(name, offsets);
    }
    this.#last = offsets;
    return offsets;
  }

  /** Next offset at the tail of the log. */
  next(topic: TopicOffsets, queueId: number): number {
    const offset = topic.tail[queueId];
    return offset === undefined || offset < 0 ? 0 : offset;
  }

  /** The offset before was given to a record at the tail of the log. */
  appended(topic: TopicOffsets, queueId: number, next: number): void {
    setAt(topic.tail, queueId, next);
    topic.uncommitted++;
  }

  /** A record at the tail, or one that another node appended, is confirmed. */
  confirmed(topic: TopicOffsets, queueId: number, next: number): void {
    if (next > (topic.committed[queueId] ?? -1)) setAt(topic.committed, queueId, next);
    if (topic.uncommitted > 0) topic.uncommitted--;
    else if (next > (topic.tail[queueId] ?? -1)) setAt(topic.tail, queueId, next);
  }

  committedNext(topic: string, queueId: number): number {
    return Math.max(0, this.#topics.get(topic)?.committed[queueId] ?? 0);
  }

  tailNext(topic: string, queueId: number): number {
    return Math.max(0, this.#topics.get(topic)?.tail[queueId] ?? 0);
  }

  /** The record that removes a topic is at the tail of the log. */
  removalAppended(name: string): void {
    const topic = this.topic(name);
    topic.tail = [];
    topic.uncommitted++;
  }

  /** The record that removes a topic is confirmed. */
  removalConfirmed(name: string): void {
    const topic = this.#topics.get(name);
    if (topic === undefined) return;
    topic.committed = [];
    if (topic.uncommitted > 0) topic.uncommitted--;
    else topic.tail = [];
    if (topic.uncommitted === 0 && topic.tail.length === 0) this.#forget(name);
  }

  #forget(name: string): void {
    this.#topics.delete(name);
    this.#last = undefined;
  }

  /** Step-down: what was only at the tail is forgotten. */
  dropOverlay(): void {
    for (const [name, topic] of this.#topics) {
      if (topic.uncommitted === 0) continue;
      topic.uncommitted = 0;
      topic.tail = topic.committed.slice();
      if (topic.tail.length === 0) this.#forget(name);
    }
  }

  /** Sets next offsets that no record in the log tells any more. */
  raise(offsets: QueueOffsets): void {
    for (const [name, nexts] of offsets) {
      for (const [queueId, next] of nexts.entries()) if (next > 0) this.confirmed(this.topic(name), queueId, next);
    }
  }

  /** The committed offsets, copied. */
  export(): Map<string, number[]> {
    const result = new Map<string, number[]>();
    for (const [name, topic] of this.#topics) if (topic.committed.length > 0) result.set(name, topic.committed.slice());
    return result;
  }

  /** Replaces everything. */
  import(offsets: QueueOffsets): void {
    this.#topics.clear();
    this.#last = undefined;
    for (const [name, nexts] of offsets) {
      const topic = this.topic(name);
      topic.committed = nexts.slice();
      topic.tail = nexts.slice();
    }
  }
}

/** Without holes: a sparse array would turn slow and lose its length on copies. */
function setAt(offsets: number[], queueId: number, next: number): void {
  while (offsets.length < queueId) offsets.push(-1);
  offsets[queueId] = next;
}
