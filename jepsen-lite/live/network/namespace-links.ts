import { assert } from '../../../src/base/assert.ts';
import { NOBODY_MAC, type Place } from './address-plan.ts';
import type { Links } from './links.ts';

export interface NamespaceLinksOptions {
  readonly places: ReadonlyMap<string, Place>;
  /** Says in a party's own network where it finds another party's address: the command `ip` with these arguments. */
  readonly tell: (party: string, args: readonly string[]) => Promise<void>;
  /** A command failed: a mistake of the run. */
  readonly failed: (error: Error) => void;
}

/**
 * Links in the kernel: a way is cut by telling the sender a hardware address for the receiver that nobody has. Packets are lost on the way and nobody is told, so that a
 * handshake hangs as in a real partition.
 */
export class NamespaceLinks implements Links {
  readonly #options: NamespaceLinksOptions;
  readonly #cuts = new Map<string, { readonly from: string; readonly to: string; count: number }>();
  /** One command after another in each party's network: the last one holds. */
  readonly #told = new Map<string, Promise<void>>();

  constructor(options: NamespaceLinksOptions) {
    this.#options = options;
  }

  cut(from: string, to: string): void {
    const way = this.#way(from, to);
    way.count++;
    if (way.count === 1) this.#tell(from, to, NOBODY_MAC);
  }

  heal(from: string, to: string): void {
    const way = this.#way(from, to);
    if (way.count === 0) return;
    way.count--;
    if (way.count === 0) this.#tell(from, to, this.#place(to).mac);
  }

  setQuality(): void {
    assert(false, 'the kernel of this network delays and loses nothing: such faults are refused before');
  }

  reset(): void {
    assert(false, 'the kernel of this network breaks no connections: such faults are refused before');
  }

  healAll(): void {
    for (const way of this.#cuts.values()) {
      if (way.count > 0) this.#tell(way.from, way.to, this.#place(way.to).mac);
      way.count = 0;
    }
  }

  /** Resolves when all that was said so far holds. */
  async settled(): Promise<void> {
    await Promise.all(this.#told.values());
  }

  close(): void {
    this.#cuts.clear();
  }

  #way(from: string, to: string) {
    const name = `${from}>${to}`;
    const way = this.#cuts.get(name) ?? { from, to, count: 0 };
    this.#cuts.set(name, way);
    return way;
  }

  #place(party: string): Place {
    const place = this.#options.places.get(party);
    assert(place !== undefined, 'links are hurt between parties that are there');
    return place;
  }

  #tell(from: string, to: string, mac: string): void {
    const { tell, failed } = this.#options;
    const args = neighbour(this.#place(to).address, mac);
    const before = this.#told.get(from) ?? Promise.resolve();
    this.#told.set(from, before.then(() => tell(from, args)).catch(failed));
  }
}

/** Arguments of `ip` that say for good at which hardware address an address is; `DEVICE` follows. */
export function neighbour(address: string, mac: string): readonly string[] {
  return ['neigh', 'replace', address, 'lladdr', mac, 'nud', 'permanent', 'dev'];
}
