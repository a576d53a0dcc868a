import type { Schedule } from '../../fault/schedule.ts';
import { FaultPlayer, type StrikeGuard } from '../../live/chaos/fault-player.ts';
import type { Hurtable } from '../../live/chaos/hurtable.ts';
import type { LiveFault } from '../../live/chaos/live-fault.ts';
import type { FaultMaker, MadeFault, MadeStrike } from './drill-target.ts';

/** The part of a target that makes faults on a group and remembers them on the clock of the run. */
export class MadeFaults<Group extends Hurtable> implements FaultMaker {
  readonly #group: Group;
  readonly #player: FaultPlayer<Group>;
  readonly #startedMs: number;

  constructor(group: Group, faults: readonly LiveFault<Group>[], startedMs: number, journal: (line: string) => void) {
    this.#group = group;
    this.#player = new FaultPlayer(group, faults, journal);
    this.#startedMs = startedMs;
  }

  get made(): readonly MadeFault[] {
    const onClock = (atMs: number): number => atMs - this.#startedMs;
    return this.#player.made.map(({ fault, members, hits, startMs, endMs }) => ({
      kind: fault.kind,
      members,
      hits: hits.map(({ member, atMs }) => ({ member, atMs: onClock(atMs) })),
      startMs: onClock(startMs),
      endMs: onClock(endMs),
    }));
  }

  get strikes(): readonly MadeStrike[] {
    const nowMs = performance.now();
    return this.#group.strikes.map(({ fromMs, toMs = nowMs }) => {
      return { startMs: fromMs - this.#startedMs, endMs: toMs - this.#startedMs };
    });
  }

  /** See `DrillTarget`. */
  get misses(): readonly string[] {
    return this.#player.misses;
  }

  get active(): FaultMaker['active'] {
    return this.#player.active;
  }

  get lastStartMs(): number {
    const { lastStartMs } = this.#group;
    return lastStartMs === 0 ? 0 : lastStartMs - this.#startedMs;
  }

  get refused(): string | undefined {
    return this.#player.refused;
  }

  play(faults: Schedule, guard?: StrikeGuard): void {
    this.#player.play(faults, guard);
  }
}
