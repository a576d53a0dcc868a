import { faultKinds } from '../../fault/fault-kinds.ts';
import type { Fault, Schedule } from '../../fault/schedule.ts';
import type { Chance } from '../../sim/chance.ts';

export interface LiveScheduleOptions {
  /** Names of kinds that may be drawn. */
  readonly kinds: readonly string[];
  /** Faults begin from here on, and all are over at `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
  /** Longest pause between the beginnings of two faults. */
  readonly pauseMs: number;
}

const SHORTEST_PAUSE_MS = 300;
/** Before the end no fault begins any more. */
const LAST_MS = 1_000;

/**
 * Draws the faults of a live run, each as the simulator draws it. Every kind comes once before one comes again: live runs are few, and each is to
 * see them all.
 */
export function drawLiveSchedule(chance: Chance, { kinds, startMs, endMs, pauseMs }: LiveScheduleOptions): Schedule {
  const known = faultKinds.filter(({ name }) => kinds.includes(name));
  const faults: Fault[] = [];
  let deck = chance.shuffled(known);
  for (let atMs = startMs; atMs < endMs - LAST_MS; atMs += chance.between(SHORTEST_PAUSE_MS, pauseMs)) {
    if (deck.length === 0) deck = chance.shuffled(known);
    const kind = deck.pop();
    if (kind === undefined) break;
    const drawn = kind.draw(chance);
    faults.push({ kind: kind.name, atMs, ...drawn, forMs: Math.min(drawn.forMs, endMs - atMs) });
  }
  return faults;
}
