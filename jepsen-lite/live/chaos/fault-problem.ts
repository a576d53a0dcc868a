import type { Fault } from '../../fault/schedule.ts';
import type { LiveFault } from './live-fault.ts';

/** Why a fault between two members would hit nobody, because both are named alike; undefined if it may hit them. */
export function sameEndsProblem(
  { needsOther }: Pick<LiveFault, 'needsOther'>,
  { kind, target, other = 'follower' }: Pick<Fault, 'kind' | 'target' | 'other'>,
): string | undefined {
  if (!needsOther || target !== other) return undefined;
  return `${kind} goes from ${target} to ${other}, which are one; name another member with other`;
}

/** Why a fault that was written down would not do what it says, in a few words; undefined if it would. */
export function faultProblem(
  { hitsOne, modes }: Pick<LiveFault, 'hitsOne' | 'modes'>,
  { kind, target, other, mode }: Pick<Fault, 'kind' | 'target' | 'other' | 'mode'>,
): string | undefined {
  if (hitsOne && target === 'all') return `${kind} hits one member, not all; write it once for each`;
  if (hitsOne && other === 'all') return `${kind} goes to one other member, not to all; write it once for each`;
  return modes === undefined || mode === undefined || modes.includes(mode)
    ? undefined
    : `${kind} has no mode ${mode}; there are ${modes.join(', ')}`;
}
