import type { Server } from './fault-world.ts';

/** Ends that a full disk excuses: of a start for which it had no room, and of what cannot wait for room. Whoever runs goes on otherwise, and writes again when there is room. */
export const FULL_DISK_ENDS: ReadonlySet<string> = new Set(['START', 'ENOSPC']);

/** Whether what was done to its disk excuses that a process ended by itself (`NoSelfStop`). */
export function isExcusedEnd({ diskHurt, host }: Server, code: string): boolean {
  const wasFull = FULL_DISK_ENDS.has(code) && host.image.capacityBytes !== Number.POSITIVE_INFINITY;
  return diskHurt || wasFull;
}
