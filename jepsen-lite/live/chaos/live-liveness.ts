import type { Platform } from '../../../src/platform/ports.ts';
import { Liveness } from '../../invariant/liveness.ts';
import { waitUntil } from '../wait-until.ts';
import type { LiveGroup } from './live-group.ts';

/** What must come about in a live group in time, by the clock of `platform`; a run that is interrupted is not judged. */
export function livenessOf(live: LiveGroup, platform: Platform, signal: AbortSignal): Liveness {
  return new Liveness({
    until: (ms, condition) => untilSeen(live, platform, signal, ms, condition),
    broken: (invariant, text) => {
      if (!signal.aborted) live.judge.broken(invariant, text);
    },
    describe: () => live.members.map((member) => member.describe()).join('; '),
  });
}

/** Looks at the members until the condition holds; false: it did not within so long, or the run was interrupted. */
export function untilSeen(
  live: LiveGroup,
  platform: Platform,
  signal: AbortSignal,
  timeoutMs: number,
  condition: () => boolean,
): Promise<boolean> {
  return waitUntil(platform, { timeoutMs, signal, look: () => live.look() }, condition);
}
