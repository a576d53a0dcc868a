import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;

/**
 * Asks until the answer is neither undefined nor false, and gives it. Throws a sentence with `what` when `timeoutMs` have passed; an error of the
 * question ends the waiting at once.
 */
export async function until<Found>(
  what: string,
  timeoutMs: number,
  ask: () => Found | undefined | false | Promise<Found | undefined | false>,
): Promise<Found> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    if (performance.now() >= deadlineMs) throw new Error(`${what} did not come true within ${timeoutMs / 1000} s`);
    await sleep(POLL_MS);
  }
}
