import { ClientError } from '../../src/client/errors.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { Ask } from '../workload/ask.ts';

const PAUSE_MS = 100;

/**
 * Asks until there is an answer, for `timeoutMs` from this request on: a machine that has much else to do may elect at any time, and who asks just then is told to come again, as every client is. What says that
 * it will not be otherwise later, and the last refusal when the time is up, are the caller's.
 */
export function askAgain(
  { clock, timers }: Pick<Platform, 'clock' | 'timers'>,
  timeoutMs: number,
  signal: AbortSignal,
): Ask {
  return async (request) => {
    const endMs = clock.monotonicMs() + timeoutMs;
    for (;;) {
      try {
        return await request();
      } catch (error) {
        const isForNow = error instanceof ClientError && error.retryable;
        if (!isForNow || signal.aborted || clock.monotonicMs() >= endMs) throw error;
      }
      await new Promise<void>((resolve) => timers.after(PAUSE_MS, resolve));
    }
  };
}
