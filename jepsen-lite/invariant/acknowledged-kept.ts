import type { AcknowledgedSend, Invariant } from './invariant.ts';
import type { Ledger } from './ledger.ts';

/**
 * SEND_OK means committed, at the very place that the answer names (README.md, promise 1; thesis, section 6.3). The committed prefix never
 * changes, so that nothing acknowledged is lost.
 */
export class AcknowledgedKept implements Invariant {
  readonly name = 'acknowledged-kept';
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  acknowledged({ topic, queueId, queueOffset, position, value }: AcknowledgedSend): string | undefined {
    const place = `${topic}/${queueId}@${queueOffset}`;
    if (!(position < this.#ledger.end)) {
      return `${value} was acknowledged at ${place}, position ${position}, but only ${this.#ledger.end} bytes are committed`;
    }
    const there = this.#ledger.at(topic, queueId, queueOffset);
    return there === value
      ? undefined
      : `${value} was acknowledged at ${place}, where ${there ?? 'nothing'} is committed`;
  }
}
