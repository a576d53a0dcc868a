import { Liveness } from '../../invariant/liveness.ts';
import type { LiveGroup } from './live-group.ts';

const LOOK_MS = 100;

/** What must come about in a live group in time; a run that is interrupted is not judged. */
export function livenessOf(live: LiveGroup, signal: AbortSignal): Liveness {
  return new Liveness({
    until: (ms, condition) => until(live, signal, ms, condition),
    broken: (invariant, text) => {
      if (!signal.aborted) live.judge.broken(invariant, text);
    },
    describe: () => live.members.map((member) => member.describe()).join('; '),
  });
}

/** Looks at the members until the condition holds; false: it did not within so long, or the run was interrupted. */
export async function until(
  live: LiveGroup,
  signal: AbortSignal,
  timeoutMs: number,
  condition: () => boolean,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs && !signal.aborted) {
    await live.look();
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}
