/** One offset of a group in a queue. */
export interface QueueProgress {
  readonly topic: string;
  readonly group: string;
  readonly queueId: number;
  readonly offset: number;
}

/** What was asked for, or 'lost': this node stepped down, and cannot tell any more. */
export type CommittedOffset = number | undefined | 'lost';

/** Somebody who waits until what the tail held when he came is committed. */
interface Reader {
  readonly offset: number;
  /** Changes that are still to be committed. */
  left: number;
  readonly done: (offset: CommittedOffset) => void;
}

interface Tail {
  readonly topic: string;
  readonly group: string;
  readonly queueId: number;
  /** -1: removed. */
  offset: number;
  /** Changes that are appended and not yet committed. */
  changes: number;
  /** Changed since it was last appended. */
  dirty: boolean;
  readonly readers: Reader[];
}

/** Offsets of one group in one topic by queue id; undefined where there is none. */
type QueueOffsets = (number | undefined)[];

/**
 * How far each group is in each queue, at two levels (raft/SAFETY.md 5), plus updates that were received and are not in the log yet:
 * they count at the tail from arrival on, and are appended in batches.
 */
export class OffsetTable {
  /** By `topic@group`, as in RocketMQ's consumerOffset.json. */
  readonly #committed = new Map<string, QueueOffsets>();
  readonly #tail = new Map<string, Tail>();
  #dirtyCount = 0;

  /** The offset at the tail, or undefined. */
  get(group: string, topic: string, queueId: number): number | undefined {
    const key = offsetKey(topic, group);
    if (this.#tail.size > 0) {
      const tail = this.#tail.get(tailKey(key, queueId));
      if (tail !== undefined) return tail.offset < 0 ? undefined : tail.offset;
    }
    return this.#committed.get(key)?.[queueId];
  }

  /** Whether an update of it was received that is in no log entry yet. */
  isDirty(group: string, topic: string, queueId: number): boolean {
    return this.#tail.get(tailKey(offsetKey(topic, group), queueId))?.dirty === true;
  }

  /**
   * Tells the offset once it is committed: at once, or when the entries that changed it last are. What is only appended may be lost with the leader, and a
   * client that was told of it would have seen what never was (thesis 6.4). An update that is in no entry is not waited for.
   */
  whenCommitted(group: string, topic: string, queueId: number, done: (offset: CommittedOffset) => void): void {
    const key = offsetKey(topic, group);
    const tail = this.#tail.get(tailKey(key, queueId));
    if (tail === undefined || tail.dirty || tail.changes === 0) done(this.#committed.get(key)?.[queueId]);
    else tail.readers.push({ offset: tail.offset, left: tail.changes, done });
  }

  /** A client reported progress: visible at once, to be appended with the next batch. Lower offsets are taken too. */
  update(group: string, topic: string, queueId: number, offset: number): void {
    const key = tailKey(offsetKey(topic, group), queueId);
    let tail = this.#tail.get(key);
    if (tail === undefined) {
      if (this.#committed.get(offsetKey(topic, group))?.[queueId] === offset) return;
      tail = { topic, group, queueId, offset, changes: 0, dirty: false, readers: [] };
      this.#tail.set(key, tail);
    } else if (tail.offset === offset) {
      return;
    }
    tail.offset = offset;
    if (!tail.dirty) this.#dirtyCount++;
    tail.dirty = true;
  }

  /** Updates that are in no log entry yet. */
  get dirtyCount(): number {
    return this.#dirtyCount;
  }

  dirty(): QueueProgress[] {
    if (this.#dirtyCount === 0) return [];
    return [...this.#tail.values()].filter((tail) => tail.dirty && tail.offset >= 0).map((tail) => ({ ...tail }));
  }

  /** The offsets were appended to the log. */
  stage(offsets: readonly QueueProgress[]): void {
    for (const { topic, group, queueId, offset } of offsets) this.#stageOne(topic, group, queueId, offset);
  }

  #stageOne(topic: string, group: string, queueId: number, offset: number): void {
    const key = tailKey(offsetKey(topic, group), queueId);
    let tail = this.#tail.get(key);
    if (tail === undefined) {
      tail = { topic, group, queueId, offset, changes: 0, dirty: false, readers: [] };
      this.#tail.set(key, tail);
    }
    if (tail.dirty) this.#dirtyCount--;
    tail.dirty = false;
    tail.offset = offset;
    tail.changes++;
  }

  /** The offsets were confirmed. */
  commit(offsets: readonly QueueProgress[]): void {
    for (const { topic, group, queueId, offset } of offsets) {
      const key = offsetKey(topic, group);
      let committed = this.#committed.get(key);
      if (committed === undefined) {
        committed = [];
        this.#committed.set(key, committed);
      }
      while (committed.length < queueId) committed.push(undefined);
      committed[queueId] = offset;
      this.#settle(tailKey(key, queueId), offset);
    }
  }

  /** The removal of all offsets of some `topic@group` keys was appended. */
  stageRemoval(keys: readonly string[]): void {
    for (const key of keys) {
      for (const { topic, group, queueId } of this.#queuesOf(key)) this.#stageOne(topic, group, queueId, -1);
    }
  }

  /** The removal was confirmed. */
  commitRemoval(keys: readonly string[]): void {
    for (const key of keys) {
      this.#committed.delete(key);
      for (const [name, tail] of this.#tail) {
        if (offsetKey(tail.topic, tail.group) === key) this.#settle(name, -1);
      }
    }
  }

  #settle(key: string, offset: number): void {
    const tail = this.#tail.size === 0 ? undefined : this.#tail.get(key);
    if (tail === undefined) return;
    if (tail.changes > 0) tail.changes--;
    const { readers } = tail;
    for (const reader of readers) reader.left--;
    // Who came first waits for least.
    while (readers[0]?.left === 0) {
      const { offset: read, done } = readers.shift() as Reader;
      done(read < 0 ? undefined : read);
    }
    if (tail.changes === 0 && (!tail.dirty || tail.offset === offset)) {
      if (tail.dirty) this.#dirtyCount--;
      this.#tail.delete(key);
    }
  }

  #queuesOf(key: string): { topic: string; group: string; queueId: number }[] {
    const [topic, group] = splitOffsetKey(key);
    const queues = new Set<number>();
    this.#committed.get(key)?.forEach((offset, queueId) => {
      if (offset !== undefined) queues.add(queueId);
    });
    for (const tail of this.#tail.values()) if (offsetKey(tail.topic, tail.group) === key) queues.add(tail.queueId);
    return [...queues].map((queueId) => ({ topic, group, queueId }));
  }

  /** Step-down: what was not confirmed is forgotten, received updates too. */
  dropTail(): void {
    const readers = [...this.#tail.values()].flatMap((tail) => tail.readers);
    this.#tail.clear();
    this.#dirtyCount = 0;
    for (const { done } of readers) done('lost');
  }

  /** `topic@group` keys that have an offset at the tail. */
  keys(): string[] {
    const keys = new Set<string>();
    for (const [key, offsets] of this.#committed) {
      const left = (offset: number | undefined, queueId: number): boolean =>
        offset !== undefined && (this.#tail.get(tailKey(key, queueId))?.offset ?? 0) >= 0;
      if (offsets.some(left)) keys.add(key);
    }
    for (const tail of this.#tail.values()) {
      if (tail.offset >= 0) keys.add(offsetKey(tail.topic, tail.group));
    }
    return [...keys];
  }

  /** Topics that a group has offsets in, sorted. */
  topicsOf(group: string): string[] {
    const all = this.keys().map(splitOffsetKey);
    return all
      .filter(([, name]) => name === group)
      .map(([topic]) => topic)
      .sort();
  }

  /** Groups that have offsets in a topic, sorted. */
  groupsOf(topic: string): string[] {
    const all = this.keys().map(splitOffsetKey);
    return all
      .filter(([name]) => name === topic)
      .map(([, group]) => group)
      .sort();
  }

  /** Committed offsets sorted by key; `undefined` holes stand for queues without an offset. */
  committedEntries(): (readonly [string, readonly (number | undefined)[]])[] {
    return [...this.#committed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** Replaces everything by committed offsets. */
  import(entries: Iterable<readonly [string, readonly (number | undefined)[]]>): void {
    this.dropTail();
    this.#committed.clear();
    for (const [key, offsets] of entries) this.#committed.set(key, [...offsets]);
  }
}

/** `topic@group`, as RocketMQ writes it. */
export function offsetKey(topic: string, group: string): string {
  return `${topic}@${group}`;
}

export function splitOffsetKey(key: string): [topic: string, group: string] {
  const at = key.indexOf('@');
  return at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)];
}

function tailKey(key: string, queueId: number): string {
  return `${key}:${queueId}`;
}
