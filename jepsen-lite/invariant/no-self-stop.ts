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
  /** Undefined where only the process knew. */
  readonly code: string | undefined;
  /** In its own words. */
  readonly why: string;
  /** What was done to its disk may end a process. */
  readonly isExcused: boolean;
}

/** A process ends by itself only where its disk gave it no other way, and never because two members contradict each other or the program itself is wrong (raft/SAFETY.md 3). */
export class NoSelfStop {
  readonly name = 'no-self-stop';

  ended(server: string, { code, why, isExcused }: SelfEnd): string | undefined {
    if (isExcused && (code === undefined || !NEVER.has(code))) return undefined;
    return code === undefined ? `${server} ended by itself. ${why}` : `${server} ended by itself: ${code}: ${why}`;
  }
}
