import type { Invariant, SeenMessage } from './invariant.ts';
import type { Ledger } from './ledger.ts';

/** A consumer sees nothing that is not committed, and sees it at its committed place (cluster/dledger/README.md; thesis, section 6.4). */
export class CommittedSeen implements Invariant {
  readonly name = 'committed-seen';
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  seen({ topic, queueId, queueOffset, position, value }: SeenMessage): string | undefined {
    const place = `${topic}/${queueId}@${queueOffset}`;
    if (!(position < this.#ledger.end))
      return `${value} at ${place}, position ${position}, was seen before it was committed`;
    const there = this.#ledger.at(topic, queueId, queueOffset);
    return there === value ? undefined : `${value} was seen at ${place}, where ${there ?? 'nothing'} is committed`;
  }
}
