import type { RoleSighting } from '../target/drill-target.ts';
import type { Pace } from './pace.ts';
import type { Send } from './sends.ts';

/** So long after a success nothing may fail or stall: then it is the one that ends the outage. */
const STABLE_MS = 1_000;
/** A stall that begins so soon after a fault begins with it: a figure may be too high for that on a restless machine, never too low. */
const AT_ONCE_MS = 100;

/** By what the outages of a trial are known. */
export interface Yardstick extends Pace {
  /** When the trial was over; what ended later does not count. */
  readonly untilMs: number;
  /** From here to the end all was what the gate calls well, whatever is seen in the sends; undefined: it was not. */
  readonly wellFromMs: number | undefined;
  /** For how long the drill itself was held up in a time, which a later stall is shorter by. */
  heldUpMs(fromMs: number, toMs: number): number;
}

/** What clients noticed of a fault. */
export interface Recovery {
  /** From `baseMs` to the success from which on nothing failed or stalled for a second, or the gate was content; 0: nothing was noticed; undefined: that never came. */
  readonly rtoMs: number | undefined;
  /** When that success came, on the clock of the run. */
  readonly stableAtMs: number | undefined;
  /** From the first send that failed to that success; 0 if none failed. */
  readonly failedForMs: number;
}

/** Finds the end of the outage that began at `baseMs`, in sends ordered by their ends. */
export function recoveryOf(
  sends: readonly Send[],
  baseMs: number,
  { untilMs, wellFromMs = Number.POSITIVE_INFINITY, stallMs, laterStallMs }: Omit<Yardstick, 'heldUpMs'>,
): Recovery {
  const after = sends.filter(({ endMs }) => endMs >= baseMs && endMs <= untilMs);
  const failures = after.filter(({ outcome }) => outcome !== 'ok').map(({ endMs }) => endMs);
  const successes = after.filter(({ outcome }) => outcome === 'ok').map(({ endMs }) => endMs);
  const moments = [baseMs, ...successes, untilMs];
  const atOnce = stallsOf(moments, stallMs).filter((atMs) => atMs < baseMs + AT_ONCE_MS);
  const troubles = [...failures, ...atOnce, ...stallsOf(moments, laterStallMs)].sort((a, b) => a - b);
  const isStable = (atMs: number): boolean => {
    const next = troubles.find((troubleMs) => troubleMs >= atMs) ?? Number.POSITIVE_INFINITY;
    return next >= atMs + STABLE_MS && untilMs >= atMs + STABLE_MS;
  };
  const stableAtMs = successes.find((atMs) => isStable(atMs) || (atMs > baseMs && atMs >= wellFromMs));
  if (stableAtMs === undefined)
    return { rtoMs: undefined, stableAtMs, failedForMs: untilMs - (failures[0] ?? untilMs) };
  const [firstFailure = stableAtMs] = failures;
  const isNoticed = troubles.some((troubleMs) => troubleMs < stableAtMs);
  return {
    rtoMs: isNoticed ? stableAtMs - baseMs : 0,
    stableAtMs,
    failedForMs: Math.max(0, stableAtMs - firstFailure),
  };
}

/** The longest outage of a trial, and where it began. */
export interface Outage extends Recovery {
  readonly fromMs: number;
}

/** A time in which what is wrong counts: from its first moment on, and whatever begins later before its end. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  /** A fault was being made in all of it, and may have struck at any moment: what begins later counts from a long stall on, as before the group was well again. */
  readonly isStruck?: boolean;
}

/**
 * The longest outage in some windows of a trial: one for each window, which begins with it, and those that begin later in it. One that never ended is longer than any other. Later ones that
 * are shorter than `laterOutageMs` a busy machine makes by itself; they stand in the longest stall.
 */
export function worstOutage(sends: readonly Send[], windows: readonly Window[], by: Yardstick): Outage {
  const outages = windows.flatMap(({ fromMs, toMs, isStruck = false }) => {
    const laterOutageMs = isStruck ? by.laterStallMs : by.laterOutageMs;
    const found: Outage[] = [{ fromMs, ...recoveryOf(sends, fromMs, by) }];
    for (;;) {
      const calmFromMs = found.at(-1)?.stableAtMs;
      const atMs =
        calmFromMs === undefined ? undefined : nextTrouble(sends, calmFromMs, toMs, { ...by, laterOutageMs });
      if (atMs === undefined) return found.filter((outage, at) => at === 0 || lengthOf(outage) >= laterOutageMs);
      found.push({ fromMs: atMs, ...recoveryOf(sends, atMs, by) });
    }
  });
  return outages.reduce((worst, outage) => (lengthOf(outage) > lengthOf(worst) ? outage : worst));
}

function lengthOf({ rtoMs = Number.POSITIVE_INFINITY }: Recovery): number {
  return rtoMs;
}

/** When the next send failed, or the next long stall began, after `fromMs` and before `toMs`. */
function nextTrouble(
  sends: readonly Send[],
  fromMs: number,
  toMs: number,
  { laterOutageMs, heldUpMs }: Yardstick,
): number | undefined {
  const after = sends.filter(({ endMs }) => endMs >= fromMs);
  let sinceMs = fromMs;
  for (const { endMs, outcome } of after) {
    if (sinceMs >= toMs) return undefined;
    // What comes after the next fault is of its making.
    const overMs = Math.min(endMs, toMs);
    const gapMs = overMs - sinceMs;
    if (gapMs >= laterOutageMs && gapMs - heldUpMs(sinceMs, overMs) >= laterOutageMs) return sinceMs;
    if (outcome !== 'ok') return endMs < toMs ? endMs : undefined;
    sinceMs = endMs;
  }
  return undefined;
}

/** Beginnings of the times of at least `leastMs` between two moments of an ascending list. */
function stallsOf(moments: readonly number[], leastMs: number): number[] {
  return moments.filter((atMs, at) => (moments[at + 1] ?? atMs) - atMs >= leastMs);
}

/** The parts of a recovery time. A part that members did not tell of is undefined. */
export interface RecoveryParts {
  /** Until a member missed its leader: it stood for election, or said that it knows none. */
  readonly detectMs: number | undefined;
  /** From there, or where that is not known from the beginning, until a member led in a new term. */
  readonly electMs: number | undefined;
  /** From there until the success that ended the outage. */
  readonly serveMs: number | undefined;
}

const NO_PARTS: RecoveryParts = { detectMs: undefined, electMs: undefined, serveMs: undefined };

/** Splits the recovery from `baseMs` to `stableAtMs` by what members told of their roles. */
export function partsOf(roles: readonly RoleSighting[], baseMs: number, stableAtMs: number): RecoveryParts {
  const termBefore = roles.reduce((term, role) => (role.atMs < baseMs ? Math.max(term, role.term) : term), 0);
  const since = roles.filter(({ atMs }) => atMs >= baseMs && atMs <= stableAtMs);
  const elected = since.findLast(({ role, term }) => role === 'leader' && term > termBefore);
  if (elected === undefined) return NO_PARTS;
  const missed = since.find(({ role, leader }) => leader === undefined || role.endsWith('candidate'));
  const serveMs = stableAtMs - elected.atMs;
  if (missed === undefined) return { detectMs: undefined, electMs: elected.atMs - baseMs, serveMs };
  const missedMs = Math.min(missed.atMs, elected.atMs);
  return { detectMs: missedMs - baseMs, electMs: elected.atMs - missedMs, serveMs };
}
