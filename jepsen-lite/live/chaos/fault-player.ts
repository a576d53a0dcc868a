import { assert } from '../../../src/base/assert.ts';
import type { Fault, Schedule } from '../../fault/schedule.ts';
import { liveFaults } from './live-faults.ts';
import type { LiveGroup } from './live-group.ts';

/** Lets the faults of a schedule happen at their times, and counts them. */
export class FaultPlayer {
  /** How often each kind was made. */
  readonly injected: Record<string, number> = {};
  /** How often nobody was there to be hit, or the promises did not cover it. */
  readonly skipped: Record<string, number> = {};
  readonly #live: LiveGroup;
  readonly #active = new Map<Fault, number>();

  constructor(live: LiveGroup) {
    this.#live = live;
  }

  play(schedule: Schedule): void {
    for (const fault of schedule) this.#live.later(fault.atMs, () => this.#apply(fault));
  }

  /** Kinds that are on now. */
  get active(): readonly string[] {
    const nowMs = performance.now();
    for (const [fault, untilMs] of this.#active) if (untilMs < nowMs) this.#active.delete(fault);
    return [...this.#active.keys()].map(({ kind }) => kind);
  }

  #apply(fault: Fault): void {
    const kind = liveFaults.find(({ name }) => name === fault.kind);
    assert(kind !== undefined, 'a schedule names kinds that can be made');
    const leader = this.#live.leader()?.name ?? 'nobody';
    const happens = kind.apply(this.#live, fault);
    const counts = happens ? this.injected : this.skipped;
    counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    if (happens) this.#active.set(fault, performance.now() + fault.forMs);
    this.#live.journal(`${happens ? 'fault' : 'skipped'} ${JSON.stringify(fault)} (${leader} leads)`);
  }
}
