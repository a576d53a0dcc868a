import { UNIT_BLANK } from '../../src/log/envelope.ts';
import { NativeEnvelope } from '../../src/store/native-envelope.ts';
import { type CommittedEntry, Ledger } from '../invariant/ledger.ts';

/**
 * What was confirmed first, by whomever, byte for byte: the truth that every log is held to. Grows, and never changes. A record is an entry of the ledger;
 * positions are where its entries end.
 */
export class ConfirmedBytes {
  readonly ledger = new Ledger();
  readonly #fileBytes: number;
  readonly #envelope = new NativeEnvelope();
  #bytes = Buffer.alloc(1 << 20);
  #end = 0;

  /** `fileBytes`: length of the log's files. */
  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes;
  }

  get end(): number {
    return this.#end;
  }

  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, to);
  }

  /** How many records end at or before a place. */
  recordsBefore(position: number): number {
    const { ends } = this.ledger;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((ends[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The last record that ends at or before a place. */
  recordBefore(position: number): Buffer | undefined {
    const { ends } = this.ledger;
    const number = this.recordsBefore(position);
    if (number === 0) return undefined;
    const from = ends[number - 1] as number;
    const end = ends[number] as number;
    // A record at the beginning of a file stands behind the blanks of the one before.
    const fileStart = end - 1 - ((end - 1) % this.#fileBytes);
    return this.slice(Math.max(from, fileStart), end);
  }

  /**
   * Adds what follows, whole records and padding, which the master of `epoch` confirmed; every record goes to `visit` before the ledger has it. A sentence if it is something
   * else.
   */
  add(more: Buffer, epoch: number, visit: (entry: CommittedEntry) => void): string | undefined {
    const from = this.#end;
    while (this.#bytes.length < from + more.length) {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    }
    more.copy(this.#bytes, from);
    this.#end = from + more.length;
    for (let at = from; at < this.#end; ) {
      const fileEnd = at - (at % this.#fileBytes) + this.#fileBytes;
      const size = this.#envelope.next(this.#bytes, at, Math.min(fileEnd, this.#end));
      if (size === UNIT_BLANK) {
        at = fileEnd;
        continue;
      }
      if (size <= 0) return `what is confirmed at position ${at} is no record`;
      const { ledger } = this;
      const records = ledger.records(this.#bytes, at, size, at);
      const entry = { index: ledger.lastIndex + 1, term: epoch, chainCrc: 0, end: at + size, records };
      visit(entry);
      ledger.add(entry);
      at += size;
    }
    return undefined;
  }
}
