/** Ends that no bad disk excuses: the process found itself in the wrong. */
const NEVER: ReadonlySet<string> = new Set([
  'DIVERGENCE',
  'AssertionError',
  'TypeError',
  'RangeError',
  'ReferenceError',
]);

/** How a process ended that nobody had asked to. */
export interface SelfEnd {
  /** Of the error that ended it; `START` where it could not begin; the name of a signal that nobody of the run had sent. */
  readonly code: string;
  /** In its own words. */
  readonly why: string;
  /** What was done to its disk may end a process. */
  readonly isExcused: boolean;
}

/** A process ends by itself only where its disk gave it no other way, and never because two members contradict each other or the program itself is wrong (raft/SAFETY.md 3). */
export class NoSelfStop {
  readonly name = 'no-self-stop';

  ended(server: string, { code, why, isExcused }: SelfEnd): string | undefined {
    if (isExcused && !NEVER.has(code) && !code.startsWith('SIG')) return undefined;
    return `${server} ended by itself: ${code}: ${why}`;
  }
}
