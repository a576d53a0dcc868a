import type { Server } from './fault-world.ts';

/** Ends of a start for which the disk had no room. */
const STARTS: ReadonlySet<string> = new Set(['START', 'ENOSPC']);

/** Whether what was done to its disk excuses that a process ended by itself (`NoSelfStop`). */
export function isExcusedEnd({ diskHurt, host }: Server, code: string): boolean {
  const wasFull = STARTS.has(code) && host.image.capacityBytes !== Number.POSITIVE_INFINITY;
  return diskHurt || wasFull;
}
