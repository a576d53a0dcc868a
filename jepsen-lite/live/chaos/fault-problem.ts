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
  made: Pick<LiveFault, 'hitsOne'> & Aimed & Valued,
  fault: Pick<Fault, 'kind' | 'target' | 'other' | 'mode' | 'amount' | 'forMs'>,
): string | undefined {
  const { kind, target, other } = fault;
  if (made.hitsOne && target === 'all') return `${kind} hits one member, not all; write it once for each`;
  if (made.hitsOne && other === 'all') return `${kind} goes to one other member, not to all; write it once for each`;
  return aimProblem(made, fault) ?? valueProblem(made, fault);
}

type Aimed = Pick<LiveFault, 'onlyTarget' | 'needsOther'>;

/** The same of whom it is aimed at, in any number. */
export function aimProblem(
  { onlyTarget, needsOther }: Aimed,
  { kind, target, other }: Pick<Fault, 'kind' | 'target' | 'other'>,
): string | undefined {
  if (onlyTarget !== undefined && target !== onlyTarget)
    return `${kind} cannot have target ${target}; ${onlyTarget} is the only one`;
  return other === undefined || needsOther ? undefined : `${kind} has no other end; leave out other ${other}`;
}

type Valued = Pick<LiveFault, 'modes' | 'pathBehindMode' | 'amounts' | 'needsAmount' | 'lasts'>;

/** The same of its mode, its amount and its duration alone. */
export function valueProblem(
  { modes, pathBehindMode, amounts, needsAmount, lasts }: Valued,
  { kind, mode, amount, forMs }: Pick<Fault, 'kind' | 'mode' | 'amount' | 'forMs'>,
): string | undefined {
  if (mode !== undefined && !modes.includes(pathBehindMode ? (mode.split(' ')[0] ?? mode) : mode))
    return modes.length === 0
      ? `${kind} has no modes; leave out mode ${mode}`
      : `${kind} has no mode ${mode}; there are ${modes.join(', ')}`;
  if (lasts && forMs === 0) return `${kind} for 0 ms changes nothing; give it a longer forMs`;
  if (needsAmount && (amount ?? 0) === 0) return `${kind} without an amount changes nothing; give it one that is not 0`;
  if (amount === undefined) return undefined;
  if (amounts === undefined) return `${kind} has no amount; leave out amount ${amount}`;
  const { least, most } = amounts;
  return Number.isInteger(amount) && amount >= least && amount <= most
    ? undefined
    : `${kind} cannot have amount ${amount}; whole numbers from ${least} to ${most} are possible`;
}
