import type { AvailabilityOptions } from '../../checker/availability.ts';
import type { Fault } from '../../fault/schedule.ts';
import { Disturbances } from '../../sim/disturbances.ts';
import { OwnPauses } from '../own-pauses.ts';

/**
 * A running group has to serve again so long after the last of its faults, ms. The simulator allows 3 s, and 5 s after a blackout or a slow disk; here the machine may be busy, and senders
 * first wait out what they asked before.
 */
const LIMITS = { serveMs: 6_000, serveLateMs: 7_500 } as const;
/** For what the run itself was held up by for so long, nobody else is to answer, ms. */
const HELD_UP_MS = 500;
/** Nor may it stop acknowledging for so long while no fault is on, ms. */
const MOST_CALM_STALL_MS = LIMITS.serveLateMs;
const NS_PER_MS = 1_000_000;
const MICROS_PER_MS = 1_000;
const BUCKET_NS = 1_000 * NS_PER_MS;

/** When the group of a run was disturbed, by faults and by members that were away, and how soon it has to serve again after that. */
export class LiveDisturbances {
  readonly #nowMs: () => number;
  readonly #disturbances: Disturbances;
  readonly #ownPauses: OwnPauses;

  /** The group serves now. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#disturbances = new Disturbances(LIMITS, nowMs());
    this.#ownPauses = new OwnPauses(nowMs);
  }

  fault(fault: Fault): void {
    this.#disturbances.fault(fault, this.#nowMs());
  }

  /** A member is there from now on, or no longer. */
  member(name: string, isThere: boolean): void {
    this.#disturbances.note(this.#nowMs() * MICROS_PER_MS, name, isThere ? 'opened' : 'gone');
  }

  /** Until then there must be load, so that it shows how the group came out of the last fault. */
  get judgedMs(): number {
    return this.#disturbances.judgedMs(this.#nowMs());
  }

  close(): void {
    this.#ownPauses.stop();
  }

  /** How the times of clients are judged; asked once, when all is over. */
  availability(): AvailabilityOptions {
    for (const { fromMs, toMs } of this.#ownPauses.atLeast(HELD_UP_MS)) {
      this.#disturbances.fault({ kind: 'run held up', target: 'all', atMs: fromMs, forMs: toMs - fromMs }, fromMs);
    }
    return {
      op: 'append',
      faults: this.#disturbances.bands(this.#nowMs()),
      bucketNs: BUCKET_NS,
      stableNs: 0,
      maxRtoNs: undefined,
      maxOutageNs: undefined,
      maxCalmStallNs: MOST_CALM_STALL_MS * NS_PER_MS,
    };
  }
}
