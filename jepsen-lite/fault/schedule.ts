/**
 * Who is hit: a member by name, or by what it is at that moment; `all`: every member.
 * `leader` without a leader means the first member that runs; `follower` one of the others, chosen by `nth`.
 */
export type Target = 'leader' | 'follower' | 'other-follower' | 'all' | `n${number}`;

/** One fault of a schedule. Times in milliseconds of true time; `forMs` is how long it lasts, or how long what was stopped stays away. */
export type Fault = { readonly atMs: number; readonly target: Target; readonly forMs: number } & {
  readonly kind: 'kill';
};

export type FaultKind = Fault['kind'];

/** The faults of a run, by time. */
export type Schedule = readonly Fault[];
