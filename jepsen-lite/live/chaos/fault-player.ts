import { assert } from '../../../src/base/assert.ts';
import type { Fault, Schedule, Target } from '../../fault/schedule.ts';
import type { Hurtable } from './hurtable.ts';
import type { LiveFault } from './live-fault.ts';
import type { ActiveFault } from './look.ts';

/** A member that a fault has struck, on the clock of `performance.now()`. */
export interface Hit {
  readonly member: string;
  readonly atMs: number;
}

/** A fault that was made, on the clock of `performance.now()`. */
export interface PlayedFault {
  readonly fault: Fault;
  /** Whom it meant at that moment; only those that were up, where all are struck at once. */
  readonly members: readonly string[];
  /** Of one that goes from member to member, those whose turn has come so far. */
  readonly hits: readonly Hit[];
  readonly startMs: number;
  readonly endMs: number;
}

/** Says, when a fault is about to hit these members, why it must not; undefined if it may. */
export type StrikeGuard = (fault: Fault, members: readonly string[]) => string | undefined;

/** Lets the faults of a schedule happen at their times, and counts them. */
export class FaultPlayer<Group extends Hurtable> {
  /** How often each kind was made. */
  readonly injected: Record<string, number> = {};
  /** How often nobody was there to be hit, it had no effect, or the promises did not cover it. */
  readonly skipped: Record<string, number> = {};
  /** Those that were made, oldest first. */
  readonly made: PlayedFault[] = [];
  /** Those among them of which it showed later that they had no effect, in words, oldest first. */
  readonly misses: string[] = [];
  /** Why a fault was not made that a guard refused: the first one. */
  refused: string | undefined;
  readonly #group: Group;
  readonly #faults: readonly LiveFault<Group>[];
  readonly #journal: (line: string) => void;
  readonly #onMade: (played: PlayedFault) => void;
  #on: PlayedFault[] = [];

  /** Makes the kinds of `faults`. `onMade` hears of each that was made. */
  constructor(
    group: Group,
    faults: readonly LiveFault<Group>[],
    journal: (line: string) => void,
    onMade: (played: PlayedFault) => void = () => {},
  ) {
    this.#group = group;
    this.#faults = faults;
    this.#journal = journal;
    this.#onMade = onMade;
  }

  play(schedule: Schedule, guard: StrikeGuard = () => undefined): void {
    for (const atMs of new Set(schedule.map((fault) => fault.atMs))) {
      const together = schedule.filter((fault) => fault.atMs === atMs);
      this.#group.later(atMs, () => this.#applyAll(together, guard));
    }
  }

  /** Those that are on now, oldest first. */
  get active(): readonly ActiveFault[] {
    const nowMs = performance.now();
    this.#on = this.#on.filter(({ endMs }) => endMs >= nowMs);
    return this.#on.map(({ fault: { kind, amount }, members, endMs }) => {
      return { kind, members, leftMs: endMs - nowMs, ...(amount === undefined ? {} : { amount }) };
    });
  }

  /** Whom faults of one moment mean is asked before the first of them: after it, another may lead. */
  #applyAll(faults: readonly Fault[], guard: StrikeGuard): void {
    const meant = faults.map((fault) => ({ ...fault, target: this.#named(fault.target) }));
    for (const fault of meant) this.#apply(fault, guard);
  }

  #named(target: Target): Target {
    const [member, ...more] = this.#group.targets(target);
    return member === undefined || more.length > 0 || target === 'all' ? target : (member.name as Target);
  }

  #apply(fault: Fault, guard: StrikeGuard): void {
    const kind = this.#faults.find(({ name }) => name === fault.kind);
    assert(kind !== undefined, 'a schedule names kinds that can be made');
    const leader = this.#group.leader()?.name ?? 'nobody';
    // Whose turn comes later may be up by then.
    const meant = kind.oneByOne ? this.#group.targets(fault.target) : this.#group.targetsUp(fault.target);
    const members = kind.besideMembers ? [] : meant.map(({ name }) => name);
    const startMs = performance.now();
    const mayHit = (hit: readonly string[]): boolean => {
      const refusal = guard(fault, hit);
      this.refused ??= refusal;
      return refusal === undefined;
    };
    const isAllowed = kind.oneByOne || mayHit(members);
    const hits: Hit[] = kind.oneByOne ? [] : members.map((member) => ({ member, atMs: startMs }));
    const happens =
      isAllowed &&
      kind.apply(
        this.#group,
        fault,
        (member) => {
          const may = mayHit([member]);
          if (may) hits.push({ member, atMs: performance.now() });
          return may;
        },
        (why) => this.#missed(fault, why),
      );
    count(happens ? this.injected : this.skipped, fault.kind, 1);
    const endMs = startMs + fault.forMs;
    if (happens) {
      const played = { fault, members, hits, startMs, endMs };
      this.#on.push(played);
      this.made.push(played);
      this.#onMade(played);
    }
    this.#journal(`${happens ? 'fault' : 'skipped'} ${JSON.stringify(fault)} (${leader} leads)`);
  }

  #missed(fault: Fault, why: string): void {
    count(this.injected, fault.kind, -1);
    count(this.skipped, fault.kind, 1);
    this.misses.push(`${fault.kind} had no effect: ${why}`);
    this.#journal(`no effect ${JSON.stringify(fault)}: ${why}`);
  }
}

/** Kinds that were counted down to none are not told. */
function count(counts: Record<string, number>, kind: string, by: number): void {
  const sum = (counts[kind] ?? 0) + by;
  if (sum > 0) counts[kind] = sum;
  else delete counts[kind];
}
