/**
 * Who is hit: a member by name, or by what it is at that moment. `leader` without a leader means the first member that runs; `follower` and
 * `other-follower` are two of the others; `all`: every member.
 */
export type Target = 'leader' | 'follower' | 'other-follower' | 'all' | `n${number}`;

/** One fault. All of it is data: a schedule goes through JSON, and any part of one is a schedule. */
export interface Fault {
  /** Name in the table of kinds. */
  readonly kind: string;
  /** True time, ms. */
  readonly atMs: number;
  readonly target: Target;
  /** How long it lasts, or how long what was stopped stays away, ms. */
  readonly forMs: number;
  /** The other end of a link, or who is to lead. */
  readonly other?: Target;
  /** How much: meaning and unit depend on the kind. */
  readonly amount?: number;
  /** Which way: the words depend on the kind. */
  readonly mode?: string;
}

/** The faults of a run, by time. */
export type Schedule = readonly Fault[];
