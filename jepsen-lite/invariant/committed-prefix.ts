import type { Invariant } from './invariant.ts';
import type { Ledger } from './ledger.ts';
import type { NodeWatch } from './node-watch.ts';

/**
 * What was committed once, on whatever member, is what every member commits at that index: the committed prefix never changes and is the same
 * everywhere (thesis, section 3.6.3, State Machine Safety). The chain checksum covers every byte up to the entry's end.
 */
export class CommittedPrefix implements Invariant {
  readonly name = 'committed-prefix';
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  committed({ name }: NodeWatch, index: number, term: number, chainCrc: number): string | undefined {
    const { terms, chains } = this.#ledger;
    if (terms[index] === term && chains[index] === chainCrc) return undefined;
    return `${name} commits entry ${index} of term ${term} with chain ${hex(chainCrc)}, but term ${terms[index]} with chain ${hex(chains[index])} was committed there before`;
  }

  /** A committed entry is never cut, on a member that knows it to be committed, */
  cut({ name, commit }: NodeWatch, lastIndex: number): string | undefined {
    return lastIndex < commit
      ? `${name} cuts its log behind entry ${lastIndex}, though it has committed ${commit}`
      : undefined;
  }

  /** nor overwritten. */
  appended({ name, commit }: NodeWatch, index: number, term: number, chainCrc: number): string | undefined {
    const { terms, chains } = this.#ledger;
    if (index > commit || chains[index] === chainCrc) return undefined;
    return `${name} puts term ${term} over the committed entry ${index} of term ${terms[index]}`;
  }
}

function hex(crc: number | undefined): string {
  return crc === undefined ? 'none' : `0x${crc.toString(16)}`;
}
