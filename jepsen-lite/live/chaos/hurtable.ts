import type { Target } from '../../fault/schedule.ts';
import type { Links } from '../network/links.ts';

/** A member as faults see it. */
export interface Victim {
  readonly name: string;
  /** `down`: a fault has ended it, and starts it again. */
  state: 'up' | 'down' | 'paused';
}

/** A time in which somebody was being hurt, on the clock of `performance.now()`. A command takes its time, and what it does may come true at any moment of it. */
export interface Strike {
  readonly fromMs: number;
  /** It was done by then; undefined: not yet. */
  toMs: number | undefined;
}

/** Whom a target means where this one leads. */
export function membersMeant<Member extends { readonly name: string }>(
  members: readonly Member[],
  leader: Member | undefined,
  target: Target,
): readonly Member[] {
  if (target === 'all') return members;
  if (target === 'leader') return leader === undefined ? [] : [leader];
  const others = members.filter((member) => member !== leader);
  if (target === 'follower') return others.slice(0, 1);
  if (target === 'other-follower') return others.slice(1, 2);
  return members.filter(({ name }) => name === target);
}

/** A group whose members can be hurt, whoever started them and by whatever means; and the clock of its faults, which stops when they are over. */
export abstract class Hurtable<Member extends Victim = Victim> {
  /** Set when faults are over. */
  healed = false;
  /** When a member was last started again or let go on, on the clock of `performance.now()`; 0: never. */
  lastStartMs = 0;
  /** Oldest first. */
  readonly strikes: Strike[] = [];
  abstract readonly members: readonly Member[];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #busy = new Set<Promise<void>>();

  /** Who leads, as far as is known. */
  abstract leader(): Member | undefined;
  /** SIGKILL; it counts as down from now on. */
  abstract kill(member: Member): Promise<void>;
  /** SIGTERM, and SIGKILL after `graceMs`. */
  abstract stop(member: Member, graceMs: number): Promise<void>;
  abstract start(member: Member): Promise<void> | void;
  abstract pause(member: Member): Promise<void> | void;
  abstract resume(member: Member): Promise<void> | void;
  /** Something that a fault wanted could not be done: a mistake of the run. */
  protected abstract failed(error: Error): void;

  /** The members that a fault means now; as `targetsOf` of the simulator. */
  targets(target: Target): readonly Member[] {
    return membersMeant(this.members, this.leader() ?? this.members.find(({ state }) => state === 'up'), target);
  }

  /** Those of them that are up: the others cannot be hurt now. */
  targetsUp(target: Target): readonly Member[] {
    return this.targets(target).filter(({ state }) => state === 'up');
  }

  /** Does something later unless the faults are over by then. */
  later(ms: number, run: () => Promise<void> | void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.act(run);
    }, ms);
    this.#timers.add(timer);
  }

  /** Does something now; that it fails is a mistake of the run. */
  act(run: () => Promise<void> | void): void {
    const done = (async () => run())().catch((error: Error) => this.failed(error));
    this.#busy.add(done);
    void done.finally(() => this.#busy.delete(done));
  }

  /** Does what hurts somebody, and notes from when until when it was being done. */
  async strike<Result>(hurt: () => Promise<Result> | Result): Promise<Result> {
    const strike: Strike = { fromMs: performance.now(), toMs: undefined };
    this.strikes.push(strike);
    try {
      return await hurt();
    } finally {
      strike.toMs = performance.now();
    }
  }

  /** From now on no fault begins or ends by itself; resolves when those that are at work have done so. */
  protected async endFaults(): Promise<void> {
    this.healed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#busy);
  }
}

/** One whose links can be cut. */
export type Linked = Hurtable & {
  readonly links: Links;
  /** The name servers among the parties of the links. */
  readonly nameServerParties: readonly string[];
};
