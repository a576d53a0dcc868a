import type { Server } from './fault-world.ts';

/** Ends of a start for which the disk had no room. */
const STARTS: ReadonlySet<string> = new Set(['START', 'ENOSPC']);
/** Ends that no bad disk excuses. */
const NEVER: ReadonlySet<string> = new Set([
  'DIVERGENCE',
  'AssertionError',
  'TypeError',
  'RangeError',
  'ReferenceError',
]);

/** Whether what was done to its disk, or `otherwise` to it, excuses that a process ended by itself. */
export function isExcusedEnd({ diskHurt, host }: Server, code: string, otherwise = false): boolean {
  const wasFull = STARTS.has(code) && host.image.capacityBytes !== Number.POSITIVE_INFINITY;
  return (diskHurt || wasFull || otherwise) && !NEVER.has(code);
}
