import { decodeRecord } from '../../src/protocol/message/record-reader.ts';
import type { ConfirmedBytes } from './confirmed-bytes.ts';

/** A broker whose log begins later than before. */
export interface Shortened {
  readonly name: string;
  /** Where it begins now. */
  readonly begin: number;
  /** What stands before this it showed. */
  readonly shown: number;
}

/**
 * Retention removes what is confirmed and older than it must be kept, by the broker's own clock, and nothing else (src/log/retention.ts). A log that holds nothing begins where that of its master does, no later than what some broker
 * has removed (cluster/ha/README.md, "An empty slave begins …").
 */
export class RemovedWhenDue {
  readonly name = 'removed-when-due';
  readonly #confirmed: ConfirmedBytes;
  readonly #reservedMs: number;
  /** The furthest that any broker has removed. */
  #furthest = 0;

  constructor(confirmed: ConfirmedBytes, reservedMs: number) {
    this.#confirmed = confirmed;
    this.#reservedMs = reservedMs;
  }

  /** Files before `begin` went; `nowMs`: wall clock of the broker. */
  removed({ name, begin, shown }: Shortened, nowMs: number): string | undefined {
    if (begin > shown) return `${name} removed what is before ${begin}, of which it showed what is before ${shown}`;
    this.#furthest = Math.max(this.#furthest, begin);
    const last = this.#confirmed.recordBefore(begin);
    const record = last === undefined ? 'none' : decodeRecord(last);
    if (typeof record === 'string') return undefined;
    const ageMs = nowMs - record.storeTimestamp;
    return ageMs > this.#reservedMs
      ? undefined
      : `${name} removed what is before ${begin}, whose last message is ${ageMs} ms old, though it is to be kept for ${this.#reservedMs} ms`;
  }

  /** A log that held nothing begins late. */
  began({ name, begin }: Shortened): string | undefined {
    return begin <= this.#furthest
      ? undefined
      : `the log of ${name} begins at ${begin}, though nobody has removed anything behind ${this.#furthest}`;
  }
}
