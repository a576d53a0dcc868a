import { assert } from '../../../src/base/assert.ts';

/** A party's place in the network of a run. */
export interface Place {
  /** Where the other parties reach it, over links that can be cut. */
  readonly address: string;
  /** Where the run itself reaches it, over links that cannot. */
  readonly outOfBand: string;
  readonly mac: string;
}

/** One half of a network is for the parties, the other for the run. */
export const PREFIX_BITS = 25;
const HALF = 128;
/** In the block that is set aside for tests of networks (RFC 2544), which nobody routes. */
const BLOCK = '198.18';
/** A hardware address that nobody has. */
export const NOBODY_MAC = '02:00:00:00:00:00';

/** Gives each party its addresses, in network `network` of 256. */
export function placesOf(parties: readonly string[], network: number): ReadonlyMap<string, Place> {
  assert(parties.length < HALF - 1 && network < 256, 'there are addresses for all');
  return new Map(
    parties.map((party, at) => {
      const host = at + 1;
      const mac = `02:4c:51:${hex(network)}:00:${hex(host)}`;
      return [party, { address: inNetwork(network, host), outOfBand: inNetwork(network, HALF + host), mac }];
    }),
  );
}

/** Beginning of all addresses of a network. */
export function prefixOf(network: number): string {
  return `${BLOCK}.${network}.`;
}

function inNetwork(network: number, host: number): string {
  return `${prefixOf(network)}${host}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
