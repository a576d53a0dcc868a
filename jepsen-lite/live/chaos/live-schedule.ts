import { assert } from '../../../src/base/assert.ts';
import { faultKinds } from '../../fault/fault-kinds.ts';
import type { Fault, Schedule } from '../../fault/schedule.ts';
import type { Chance } from '../../sim/chance.ts';
import { faultsNamed, type NamedFault } from './named-faults.ts';

export interface LiveScheduleOptions {
  /** Names of faults that may be drawn, ours or those of OpenChaos. */
  readonly kinds: readonly string[];
  /** Members of the group. */
  readonly nodes: number;
  /** Faults begin from here on, and all are over at `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
  /** After a wave nothing is wrong for so long: the group has to serve again meanwhile (LiveDisturbances), and go on with it. */
  readonly calmMs: number;
  /** Each wave begins with a leader that is cut off from its peers and not from clients, for long enough that another is elected. */
  readonly isolatesLeaders?: boolean;
}

/** Faults come in waves of so many, in which they overlap. */
const WAVE = { fewest: 5, most: 10 } as const;
/** Between the beginnings of two faults of a wave. */
const PAUSE = { shortestMs: 300, longestMs: 4_000 } as const;
/** Kinds that are made only while nobody else may lack anything: they begin waves, where most of them can be. */
const FIRST_IN_WAVE = ['wipe', 'rot', 'power', 'disk-error'];
/** So many name servers are hit, from the first on: what is drawn as in the simulator, which has one, leaves that open. */
const NAME_SERVERS = [1, 1, 2] as const;
const WHICH_NAME_SERVERS = ['name-server', 'hide'];
/** What it acknowledges alone is seen to be gone when it comes back. */
const ISOLATED_LEADER = { kind: 'isolate', target: 'leader', mode: 'peers', forMs: 4_000 } as const;
/** Before the end no fault begins any more. */
const LAST_MS = 1_000;

/**
 * Draws the faults of a live run, each as the simulator draws it. Every kind comes once before one comes again: live runs are few, and each is to
 * see them all.
 */
export function drawLiveSchedule(
  chance: Chance,
  { kinds, nodes, startMs, endMs, calmMs, isolatesLeaders = false }: LiveScheduleOptions,
): Schedule {
  const known = kinds.map((name) => faultsNamed(name, nodes) ?? []);
  const faults: Fault[] = [];
  let deck = chance.shuffled(known);
  let leftInWave = 0;
  for (let atMs = startMs; atMs < endMs - LAST_MS; ) {
    if (deck.length === 0) deck = chance.shuffled(known);
    const isFirst = leftInWave === 0;
    if (isFirst) leftInWave = chance.between(WAVE.fewest, WAVE.most);
    if (isFirst && isolatesLeaders && kinds.includes(ISOLATED_LEADER.kind)) {
      const forMs = Math.min(ISOLATED_LEADER.forMs, endMs - atMs);
      faults.push({ ...ISOLATED_LEADER, atMs, forMs });
      atMs += forMs;
      if (atMs >= endMs - LAST_MS) break;
    }
    const parts = taken(deck, isFirst);
    if (parts === undefined) break;
    const [first] = parts;
    const drawn = faultKinds.find(({ name }) => name === first?.kind)?.draw(chance);
    assert(drawn !== undefined, 'there is a kind for each name');
    const which = WHICH_NAME_SERVERS.includes(first?.kind ?? '') ? { amount: chance.pick(NAME_SERVERS) } : {};
    for (const part of parts) {
      faults.push({ ...drawn, ...which, ...part, atMs, forMs: Math.min(drawn.forMs, endMs - atMs) });
    }
    leftInWave--;
    if (leftInWave > 0) atMs += chance.between(PAUSE.shortestMs, PAUSE.longestMs);
    else atMs = Math.max(...faults.map((fault) => fault.atMs + fault.forMs)) + calmMs;
  }
  return faults;
}

/** The next of the deck; as the first of a wave one that belongs there, if there is one. */
function taken<Parts extends readonly NamedFault[]>(deck: Parts[], isFirst: boolean): Parts | undefined {
  const at = isFirst ? deck.findLastIndex(([part]) => FIRST_IN_WAVE.includes(part?.kind ?? '')) : -1;
  return at === -1 ? deck.pop() : deck.splice(at, 1)[0];
}
