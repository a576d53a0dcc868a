import { faultKinds } from '../../fault/fault-kinds.ts';
import type { Fault, Schedule } from '../../fault/schedule.ts';
import type { Chance } from '../../sim/chance.ts';

export interface LiveScheduleOptions {
  /** Names of kinds that may be drawn. */
  readonly kinds: readonly string[];
  /** Faults begin from here on, and all are over at `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Faults come in waves of so many, in which they overlap. */
const WAVE = { fewest: 5, most: 10 } as const;
/** Between the beginnings of two faults of a wave. */
const PAUSE = { shortestMs: 300, longestMs: 4_000 } as const;
/** After a wave nothing is wrong for so long: the group has to serve again meanwhile (LiveDisturbances), and go on with it. */
const CALM_MS = 9_000;
/** Before the end no fault begins any more. */
const LAST_MS = 1_000;

/**
 * Draws the faults of a live run, each as the simulator draws it. Every kind comes once before one comes again: live runs are few, and each is to
 * see them all.
 */
export function drawLiveSchedule(chance: Chance, { kinds, startMs, endMs }: LiveScheduleOptions): Schedule {
  const known = faultKinds.filter(({ name }) => kinds.includes(name));
  const faults: Fault[] = [];
  let deck = chance.shuffled(known);
  let leftInWave = chance.between(WAVE.fewest, WAVE.most);
  for (let atMs = startMs; atMs < endMs - LAST_MS; ) {
    if (deck.length === 0) deck = chance.shuffled(known);
    const kind = deck.pop();
    if (kind === undefined) break;
    const drawn = kind.draw(chance);
    faults.push({ kind: kind.name, atMs, ...drawn, forMs: Math.min(drawn.forMs, endMs - atMs) });
    leftInWave--;
    if (leftInWave > 0) atMs += chance.between(PAUSE.shortestMs, PAUSE.longestMs);
    else {
      atMs = Math.max(...faults.map((fault) => fault.atMs + fault.forMs)) + CALM_MS;
      leftInWave = chance.between(WAVE.fewest, WAVE.most);
    }
  }
  return faults;
}
