import type { AvailabilityOptions } from '../../checker/availability.ts';
import type { Fault } from '../../fault/schedule.ts';
import { Disturbances } from '../../sim/disturbances.ts';
import type { CutMeans } from '../network/open-network.ts';
import { OwnPauses } from '../own-pauses.ts';
import { Absences, type GroupSize } from './absences.ts';

/** How soon a running group has to serve again after the last of its faults, ms. */
export interface LiveLimits {
  readonly serveMs: number;
  /** The same after a blackout or a slow disk; nor may it stop acknowledging for so long while no fault is on. */
  readonly serveLateMs: number;
  /** So long nothing is wrong behind a wave of faults, that this can be seen. */
  readonly calmMs: number;
}

/**
 * The simulator allows 3 s, and 5 s after a blackout or a slow disk; here the machine may be busy, and senders first wait out what they asked before. What the kernel lost in a
 * namespace it sends again after 0.2, 0.6, 1.4, 3.0, 6.2 and 12.6 s: up to 6.4 s after the end of a cut of 8 s, the longest that is drawn.
 */
export const liveLimits: Readonly<Record<CutMeans, LiveLimits>> = {
  proxies: { serveMs: 6_000, serveLateMs: 7_500, calmMs: 9_000 },
  namespaces: { serveMs: 10_000, serveLateMs: 11_500, calmMs: 13_000 },
};
/** For what the run itself was held up by for so long, nobody else is to answer, ms. */
const HELD_UP_MS = 500;
const NS_PER_MS = 1_000_000;
const BUCKET_NS = 1_000 * NS_PER_MS;

/** When the group of a run was disturbed, by faults and by members that were away, and how soon it has to serve again after that. */
export class LiveDisturbances {
  readonly #nowMs: () => number;
  readonly #limits: LiveLimits;
  readonly #startedMs: number;
  readonly #faults: { readonly fault: Fault; readonly atMs: number }[] = [];
  readonly #absences: Absences;
  readonly #ownPauses: OwnPauses;
  #availability: AvailabilityOptions | undefined;

  /** The group serves now. */
  constructor(nowMs: () => number, size: GroupSize, limits: LiveLimits = liveLimits.proxies) {
    this.#nowMs = nowMs;
    this.#limits = limits;
    this.#startedMs = nowMs();
    this.#absences = new Absences(size);
    this.#ownPauses = new OwnPauses(nowMs);
  }

  fault(fault: Fault): void {
    this.#faults.push({ fault, atMs: this.#nowMs() });
  }

  /** A member is there and counts from now on, or no longer. */
  member(name: string, isThere: boolean): void {
    this.#absences.member(name, isThere, this.#nowMs());
  }

  /** Until then there must be load, so that it shows how the group came out of the last fault. */
  get judgedMs(): number {
    return this.#disturbances().judgedMs(this.#nowMs());
  }

  close(): void {
    this.#ownPauses.stop();
  }

  /** How the times of clients are judged; asked when all is over, and the same from then on. */
  availability(): AvailabilityOptions {
    this.#availability ??= this.#judgedNow();
    return this.#availability;
  }

  #disturbances(): Disturbances {
    const disturbances = new Disturbances(this.#limits, this.#startedMs);
    for (const { fault, atMs } of this.#faults) disturbances.fault(fault, atMs);
    for (const { name, fromMs, toMs } of this.#absences.disturbing(this.#nowMs()))
      disturbances.fault({ kind: name, target: 'all', atMs: fromMs, forMs: toMs - fromMs }, fromMs);
    return disturbances;
  }

  #judgedNow(): AvailabilityOptions {
    const disturbances = this.#disturbances();
    for (const { fromMs, toMs } of this.#ownPauses.atLeast(HELD_UP_MS)) {
      disturbances.fault({ kind: 'run held up', target: 'all', atMs: fromMs, forMs: toMs - fromMs }, fromMs);
    }
    return {
      op: 'append',
      faults: disturbances.bands(this.#nowMs()),
      bucketNs: BUCKET_NS,
      stableNs: 0,
      maxRtoNs: undefined,
      maxOutageNs: undefined,
      maxCalmStallNs: this.#limits.serveLateMs * NS_PER_MS,
    };
  }
}
