import type { AvailabilityOptions, Failover } from '../../checker/availability.ts';
import { hitsTargetAlone } from '../../fault/hit-by.ts';
import type { Fault } from '../../fault/schedule.ts';
import { Disturbances } from '../../sim/disturbances.ts';
import type { CutMeans } from '../network/open-network.ts';
import { OwnPauses } from '../own-pauses.ts';
import { Absences, type GroupSize } from './absences.ts';

/** How soon a running group has to serve again, ms. */
export interface LiveLimits {
  /** After the last of its faults. A member that was hit counts as hit for so long. */
  readonly serveMs: number;
  /** The same after a blackout or a slow disk; nor may it stop acknowledging for so long while no fault is on. */
  readonly serveLateMs: number;
  /** From the beginning of a fault on that leaves enough members whole, however long that lasts. */
  readonly failoverMs: number;
  /** So long nothing is wrong behind a wave of faults, that this can be seen. */
  readonly calmMs: number;
}

/**
 * The simulator allows 3 s, and 5 s after a blackout or a slow disk; here the machine may be busy, and senders first wait out what they asked before. What the kernel lost in a
 * namespace it sends again after 0.2, 0.6, 1.4, 3.0, 6.2 and 12.6 s: up to 6.4 s after the end of a cut of 8 s, the longest that is drawn.
 */
export const liveLimits: Readonly<Record<CutMeans, LiveLimits>> = {
  proxies: { serveMs: 6_000, serveLateMs: 7_500, failoverMs: 10_000, calmMs: 9_000 },
  namespaces: { serveMs: 10_000, serveLateMs: 11_500, failoverMs: 14_000, calmMs: 13_000 },
};
/** What begins so soon after a fault may still get through: a cut by the kernel is a command for each way, and errors of a disk strike with the next write. */
const STRUCK_MS = 500;
/** For what the run itself was held up by for so long, nobody else is to answer, ms. */
const HELD_UP_MS = 500;
const NS_PER_MS = 1_000_000;
const MICROS_PER_MS = 1_000;
const BUCKET_NS = 1_000 * NS_PER_MS;

/** When the group of a run was disturbed, by faults and by members that were away, and how soon it has to serve again after that. */
export class LiveDisturbances {
  readonly #nowMs: () => number;
  readonly #limits: LiveLimits;
  readonly #startedMs: number;
  readonly #faults: { readonly fault: Fault; readonly hit: ReadonlySet<string> | undefined; readonly atMs: number }[] =
    [];
  readonly #size: GroupSize;
  readonly #absences: Absences;
  readonly #ownPauses: OwnPauses;
  #availability: AvailabilityOptions | undefined;

  /** The group serves now. */
  constructor(nowMs: () => number, size: GroupSize, limits: LiveLimits = liveLimits.proxies) {
    this.#nowMs = nowMs;
    this.#limits = limits;
    this.#startedMs = nowMs();
    this.#size = size;
    this.#absences = new Absences(size);
    this.#ownPauses = new OwnPauses(nowMs);
  }

  /** A fault begins. `members`: whom it means. */
  fault(fault: Fault, members: readonly string[]): void {
    const hit = hitsTargetAlone(fault.kind) ? new Set(members) : undefined;
    this.#faults.push({ fault, hit, atMs: this.#nowMs() });
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
    this.#addHeldUp(disturbances);
    return {
      op: 'append',
      faults: disturbances.bands(this.#nowMs()),
      bucketNs: BUCKET_NS,
      stableNs: 0,
      maxRtoNs: undefined,
      maxOutageNs: undefined,
      maxCalmStallNs: this.#limits.serveLateMs * NS_PER_MS,
      failovers: this.#failovers(),
    };
  }

  /** Faults during which the members that are whole have to go on: those of which enough were left, while nothing else hit more of them and the run was not held up. */
  #failovers(): Failover[] {
    const { failoverMs, serveMs } = this.#limits;
    const { members, needed } = this.#size;
    // All were whole when the run began.
    const settledMs = this.#startedMs - serveMs;
    const lasting = new Disturbances({ serveMs: failoverMs, serveLateMs: failoverMs }, settledMs);
    for (const { fault, hit, atMs } of this.#faults) lasting.fault(fault, atMs, hit);
    for (const { name, isThere, atMs } of this.#absences.moments)
      lasting.note(atMs * MICROS_PER_MS, name, isThere ? 'opened' : 'gone');
    this.#addHeldUp(lasting);
    return lasting.failovers(members - needed, this.#nowMs() - STRUCK_MS, serveMs).map((failover) => {
      return { ...failover, startNs: failover.startNs + STRUCK_MS * NS_PER_MS };
    });
  }

  #addHeldUp(disturbances: Disturbances): void {
    for (const { fromMs, toMs } of this.#ownPauses.atLeast(HELD_UP_MS)) {
      disturbances.fault({ kind: 'run held up', target: 'all', atMs: fromMs, forMs: toMs - fromMs }, fromMs);
    }
  }
}
