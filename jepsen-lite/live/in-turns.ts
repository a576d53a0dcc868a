import type { Timers } from '../../src/platform/ports.ts';
import type { Steps } from '../replica/steps.ts';

/** Does work step by step, each in a turn of its own of the event loop, so that signals are heard meanwhile; undefined where the run was interrupted before its end. */
export async function inTurns<Result>(
  steps: Steps<Result>,
  { timers }: { readonly timers: Timers },
  signal: AbortSignal,
): Promise<Result | undefined> {
  for (;;) {
    if (signal.aborted) return undefined;
    const step = steps.next();
    if (step.done) return step.value;
    await new Promise<void>((resolve) => timers.after(0, resolve));
  }
}
