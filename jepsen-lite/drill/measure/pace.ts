import type { LoadPlan, SteadyPlan } from '../plan/plan.ts';

const MS_PER_SECOND = 1_000;
/** Pauses of senders are drawn, so that no acknowledgement comes at an even pace: so many times the mean is seldom exceeded, */
const PAUSES = 5;
/** and so many times hardly ever, in all the time that is looked at. */
const LONG_PAUSES = 10;
/** Shorter stalls are those of a machine. One may begin with a fault, */
const STALL_MS = 15;
/** or later, while the group is not yet well, */
const LATER_STALL_MS = 200;
/** or when it was. */
const LATER_OUTAGE_MS = 1_000;

/** From how long on a time without an acknowledgement is none that the load makes by itself. */
export interface Pace {
  /** Of one that begins with the fault. */
  readonly stallMs: number;
  /** Of one that begins later, before the group is well again. */
  readonly laterStallMs: number;
  /** Of one that begins when a fault was overcome. */
  readonly laterOutageMs: number;
}

/** What this load makes its stalls known by. */
export function paceOf(steady: Pick<SteadyPlan, 'maxP99Ms'>, load: Pick<LoadPlan, 'rate'>): Pace {
  const laterStallMs = Math.max(LATER_STALL_MS, pausesMs(load, LONG_PAUSES));
  return {
    stallMs: Math.max(STALL_MS, pausesMs(load, PAUSES)),
    laterStallMs,
    laterOutageMs: Math.max(LATER_OUTAGE_MS, laterStallMs, standstillMs(steady, load)),
  };
}

/** The shortest time without an acknowledgement that is an outage under this load, whenever it begins: what is shorter, its senders may pause. No shorter limit can be seen to hold. */
export function shownMs(load: Pick<LoadPlan, 'rate'>): number {
  return Math.max(STALL_MS, Math.ceil(pausesMs(load, LONG_PAUSES)));
}

/** The longest time without an acknowledgement in which all is well: as long as the slowest send may take, and what senders pause. */
export function standstillMs({ maxP99Ms }: Pick<SteadyPlan, 'maxP99Ms'>, load: Pick<LoadPlan, 'rate'>): number {
  return maxP99Ms + pausesMs(load, PAUSES);
}

function pausesMs({ rate }: Pick<LoadPlan, 'rate'>, count: number): number {
  return (count * MS_PER_SECOND) / rate;
}
