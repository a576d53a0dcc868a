import { assert } from '../../../src/base/assert.ts';
import type { Fault, Schedule } from '../../fault/schedule.ts';
import { liveFaults } from './live-faults.ts';
import type { LiveGroup } from './live-group.ts';

/** A fault that was made, on the clock of `performance.now()`. */
export interface PlayedFault {
  readonly fault: Fault;
  /** Whom it meant at that moment. */
  readonly members: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
}

/** Lets the faults of a schedule happen at their times, and counts them. */
export class FaultPlayer {
  /** How often each kind was made. */
  readonly injected: Record<string, number> = {};
  /** How often nobody was there to be hit, or the promises did not cover it. */
  readonly skipped: Record<string, number> = {};
  /** Those that were made, oldest first. */
  readonly made: PlayedFault[] = [];
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
    const members = this.#live.targets(fault.target).map(({ name }) => name);
    const startMs = performance.now();
    const happens = kind.apply(this.#live, fault);
    const counts = happens ? this.injected : this.skipped;
    counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    const endMs = startMs + fault.forMs;
    if (happens) {
      this.#active.set(fault, endMs);
      this.made.push({ fault, members, startMs, endMs });
    }
    this.#live.journal(`${happens ? 'fault' : 'skipped'} ${JSON.stringify(fault)} (${leader} leads)`);
  }
}
