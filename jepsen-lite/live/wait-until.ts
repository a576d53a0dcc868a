import type { Platform } from '../../src/platform/ports.ts';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
  /** Before each time that the condition is asked. */
  readonly look?: () => Promise<void>;
}

const LOOK_MS = 100;

/** Waits until the condition holds, by the clock of the platform; false: it did not within so long, or the run was interrupted. */
export async function waitUntil(
  { clock, timers }: Pick<Platform, 'clock' | 'timers'>,
  { timeoutMs, signal, look }: WaitOptions,
  condition: () => boolean,
): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  while (clock.monotonicMs() < deadlineMs && !signal.aborted) {
    await look?.();
    if (condition()) return true;
    await new Promise<void>((resolve) => void timers.after(LOOK_MS, resolve));
  }
  return false;
}
