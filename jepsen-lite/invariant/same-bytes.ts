import type { Invariant } from './invariant.ts';
import type { Ledger } from './ledger.ts';
import type { NodeWatch } from './node-watch.ts';

/** Bytes compared at once. */
const PIECE_BYTES = 1 << 16;

/** Below commit all logs hold the same bytes at the same positions (cluster/dledger/README.md): read from the files when the faults are over. */
export class SameBytes implements Invariant {
  readonly name = 'same-bytes';
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  healed(nodes: readonly NodeWatch[]): string | undefined {
    const [first, ...others] = nodes;
    if (first === undefined) return undefined;
    for (const other of others) {
      const text = this.#compare(first, other);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #compare(first: NodeWatch, other: NodeWatch): string | undefined {
    const from = Math.max(first.log.segments.minPosition, other.log.segments.minPosition);
    for (let at = from; at < this.#ledger.end; ) {
      const length = Math.min(PIECE_BYTES, this.#ledger.end - at);
      const [a, b] = [first.log.segments.readSync(at, length), other.log.segments.readSync(at, length)];
      if (a.length === 0 || !a.equals(b)) {
        const differs = a.findIndex((byte, index) => byte !== b[index]);
        return `the logs of ${first.name} and ${other.name} differ at position ${at + Math.max(0, differs)}`;
      }
      at += a.length;
    }
    return undefined;
  }
}
