import type { PortError } from '../../raft/index.ts';
import type { Timers } from '../../src/platform/ports.ts';
import type { BatchLoader, LoadDone } from './batch-loader.ts';
import type { ChainLink } from './entry-chain.ts';
import type { EntryLocator } from './entry-locator.ts';
import type { EntryFault } from './entry-reader.ts';
import type { EntryRing } from './entry-ring.ts';

/** Loads entries by their index. No checksum of its own covers an entry's header: the first of a batch is proved by the link to the one before. */
export class EntryLoader {
  readonly #batches: BatchLoader;
  readonly #ring: EntryRing;
  readonly #locator: EntryLocator;
  readonly #timers: Timers;

  constructor(batches: BatchLoader, ring: EntryRing, locator: EntryLocator, timers: Timers) {
    this.#batches = batches;
    this.#ring = ring;
    this.#locator = locator;
    this.#timers = timers;
  }

  /** The log was cut or repaired: what was read may be another entry now. */
  forget(): void {
    this.#batches.forget();
  }

  /** `after`: the link of the entry before; `look`: it is read; undefined: nothing proves the first header. `done` comes in a later turn. */
  load(first: number, maxBytes: number, after: ChainLink | 'look' | undefined, done: LoadDone): void {
    const link = after === 'look' ? this.#batches.endOf(first - 1) : after;
    if (link !== undefined || after === undefined) {
      this.#placeOf(first, done, (position) => this.#batches.load(position, maxBytes, link, done));
      return;
    }
    this.#placeOf(first - 1, done, (position) => {
      this.#batches.linkAt(position, (found) => {
        if ('code' in found) done(found);
        else this.load(first, maxBytes, found, done);
      });
    });
  }

  #placeOf(index: number, failed: (fault: EntryFault | PortError) => void, found: (position: number) => void): void {
    if (this.#ring.has(index)) found(this.#ring.position(index));
    else {
      this.#locator.locateLater(index, (place) => {
        if (typeof place === 'number') found(place);
        else this.#timers.endOfTurn(() => failed(place));
      });
    }
  }
}
