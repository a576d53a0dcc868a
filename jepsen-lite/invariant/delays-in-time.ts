import { decodeRecord } from '../../src/protocol/message/record-reader.ts';
import { SCHEDULE_TOPIC } from '../../src/store/internal-topic.ts';
import { DELAY_TOPIC, DELAYS_MS } from '../workload/delay-sender.ts';
import type { Invariant } from './invariant.ts';
import type { CommittedRecord } from './ledger.ts';
import { messageValue } from './message-body.ts';

/**
 * A message of a delay level is delivered once, and not before its time by the store times of the log, which never go back (faults.md, row 21; src/broker/README.md): whoever leads, and whatever
 * clocks do.
 */
export class DelaysInTime implements Invariant {
  readonly name = 'delays-in-time';
  readonly #mayRepeat: boolean;
  /** By its value, where each message waits, and the store time from which on it may be delivered. */
  readonly #waiting = new Map<string, { readonly position: number; readonly dueMs: number }>();

  /** `mayRepeat`: a message and the note that it is delivered are not one entry of the log, and the note alone may be lost. */
  constructor({ mayRepeat }: { readonly mayRepeat: boolean }) {
    this.#mayRepeat = mayRepeat;
  }

  /** Whether everything is delivered but for what a log that begins at this position does not hold any more: retention removes what waits, too. */
  isDoneFrom(position: number): boolean {
    return [...this.#waiting.values()].every((waiting) => waiting.position < position);
  }

  firstCommitted(_by: unknown, { records }: { readonly records: readonly CommittedRecord[] }): string | undefined {
    for (const record of records) {
      if (record.topic !== SCHEDULE_TOPIC && record.topic !== DELAY_TOPIC) continue;
      const value = messageValue(record.body);
      const text = value === undefined ? undefined : this.#take(value, record);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #take(value: string, { topic, queueId, position, bytes }: CommittedRecord): string | undefined {
    const decoded = decodeRecord(bytes);
    if (typeof decoded === 'string') return `${value} cannot be read: ${decoded}`;
    const { storeTimestamp } = decoded;
    if (topic === SCHEDULE_TOPIC) {
      this.#waiting.set(value, { position, dueMs: storeTimestamp + (DELAYS_MS[queueId] ?? 0) });
      return undefined;
    }
    const waiting = this.#waiting.get(value);
    if (waiting === undefined)
      return this.#mayRepeat ? undefined : `${value} is delivered, though it does not wait (any more)`;
    this.#waiting.delete(value);
    const { dueMs } = waiting;
    return storeTimestamp < dueMs ? `${value} is delivered ${dueMs - storeTimestamp} ms early` : undefined;
  }
}
