import { RecordReader } from '../../src/protocol/message/record-reader.ts';
import { messageValue } from './message-body.ts';

/** A record of a committed entry. */
export interface CommittedRecord {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly position: number;
  readonly sysFlag: number;
  readonly body: Buffer;
  readonly bytes: Buffer;
}

/** A committed entry as the node that committed it first holds it. */
export interface CommittedEntry {
  readonly index: number;
  readonly term: number;
  readonly chainCrc: number;
  /** Position behind the entry. */
  readonly end: number;
  readonly records: readonly CommittedRecord[];
}

/** Of each offset, the value and the index of its entry. */
interface LedgerQueue {
  readonly values: string[];
  readonly indexes: number[];
}

/** What was committed first, by whomever: the truth that everybody else is held to. Grows, and never changes. */
export class Ledger {
  /** By index; [0] stands for the place before the first entry. */
  readonly terms: number[] = [0];
  readonly chains: number[] = [0];
  readonly ends: number[] = [0];
  /** Ordinary messages, by `topic/queue`. */
  readonly #queues = new Map<string, LedgerQueue>();
  readonly #reader = new RecordReader();
  /** What members had removed, each time that one removed more than any other before. */
  readonly #removals: { readonly firstIndex: number; readonly atNs: number }[] = [];
  /** Committed messages with a value. */
  messages = 0;

  get lastIndex(): number {
    return this.terms.length - 1;
  }

  get end(): number {
    return this.ends.at(-1) as number;
  }

  add(entry: CommittedEntry): void {
    this.terms.push(entry.term);
    this.chains.push(entry.chainCrc);
    this.ends.push(entry.end);
    for (const { topic, queueId, queueOffset, body } of entry.records) {
      const value = messageValue(body);
      if (value === undefined) continue;
      this.messages++;
      const key = `${topic}/${queueId}`;
      const queue = this.#queues.get(key) ?? { values: [], indexes: [] };
      this.#queues.set(key, queue);
      queue.values[queueOffset] = value;
      queue.indexes[queueOffset] = entry.index;
    }
  }

  /** Retention removed from a member, at `atNs`, what was before the entry `firstIndex`. */
  removedBefore(firstIndex: number, atNs: number): void {
    if (firstIndex > (this.#removals.at(-1)?.firstIndex ?? 1)) this.#removals.push({ firstIndex, atNs });
  }

  /** When the message at a place of a queue (`topic/queue`) was removed from the first member; undefined if none has removed it. */
  removedNs(key: string, queueOffset: number): number | undefined {
    const at = this.#queues.get(key)?.indexes[queueOffset];
    return at === undefined ? undefined : this.#removals.find(({ firstIndex }) => firstIndex > at)?.atNs;
  }

  /** The value that is committed at a place. */
  at(topic: string, queueId: number, queueOffset: number): string | undefined {
    return this.#queues.get(`${topic}/${queueId}`)?.values[queueOffset];
  }

  /** How many messages with a value were committed in a queue. */
  lengthOf(topic: string, queueId: number): number {
    return this.#queues.get(`${topic}/${queueId}`)?.values.length ?? 0;
  }

  /** Next offset of each queue that holds values. */
  *queues(): Generator<{ readonly key: string; readonly next: number }> {
    for (const [key, { values }] of this.#queues) yield { key, next: values.length };
  }

  /** Takes the body of an entry apart. */
  records(buffer: Buffer, offset: number, length: number, position: number): CommittedRecord[] {
    const reader = this.#reader;
    const records: CommittedRecord[] = [];
    for (let at = 0; at < length; ) {
      const status = reader.open(buffer, offset + at, offset + length);
      if (status !== 'record')
        throw new Error(`a committed entry holds something that is ${status} at ${position + at}`);
      const { topic, queueId, queueOffset, size, sysFlag, body } = reader;
      const bytes = buffer.subarray(offset + at, offset + at + size);
      records.push({ topic, queueId, queueOffset, position: position + at, sysFlag, body, bytes });
      at += size;
    }
    return records;
  }
}
