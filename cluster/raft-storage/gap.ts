import type { ChainLink } from './entry-chain.ts';

/**
 * A damaged stretch of the log between two intact entries: the entries first..last, whose bytes [from, to) are to be had from a peer. Both ends prove
 * what a peer sends (raft/SAFETY.md 3): the chain from the entry before, and the chain CRC of the entry behind.
 */
export interface Gap {
  readonly first: number;
  /** Below `first`: only the blank at a file's end is damaged, and can be made anew here. */
  readonly last: number;
  /** The entry before; undefined where it is not kept: then the entry behind is the only proof. */
  readonly before: ChainLink | undefined;
  /** End of the entry before. */
  readonly from: number;
  /** Where the intact entry behind stands. */
  readonly to: number;
  /** The terms of the lost entries are known: both neighbours are of one term, or the log told when it was still intact. */
  readonly termsKnown: boolean;
}

/** For people. */
export function gapText({ first, last, from, to }: Gap): string {
  if (last < first) return `the blank in positions ${from} to ${to}`;
  return `${first === last ? `entry ${first}` : `entries ${first} to ${last}`} in positions ${from} to ${to}`;
}
