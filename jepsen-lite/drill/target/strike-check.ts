import type { Platform } from '../../../src/platform/ports.ts';
import type { RunningMember } from '../plan/plan.ts';
import { Pulse } from './pulse.ts';

/** What a command has to do to the process of a member. */
export type Harm = 'end' | 'halt';

/** What is seen of a command that hurts a member, from before it begins on. */
export interface Check {
  /** The command is over: did it do this to the member that was meant? Undefined: that could not be told. `undone` fires when it is about to be undone. */
  hasHit(harm: Harm, undone: AbortSignal): Promise<boolean | undefined>;
  /** Which others, that answered before, ended or do not answer any more. */
  silentOthers(): Promise<readonly string[]>;
  close(): void;
}

/** A member that does not answer for so long before a command tells nothing. */
const FEEL_MS = 1_000;
/** A command is over when it has happened; so long later at the latest the connection of a process that ended is gone, unless its machine went with it. */
const ENDS_MS = 2_000;
/** Who lives answers within so long, */
const ANSWER_MS = 1_000;
/** and who does not answer for so long, when it is let go on already, was halted, */
const LEAST_MS = 250;
/** and others, of whom nobody wants anything, may take longer, as elections do. */
const PATIENCE_MS = 3_000;

type Meant = Pick<RunningMember, 'name' | 'address'>;

/** Looks at the connections of members: one of each is held from before the command on. */
export class StrikeCheck implements Check {
  readonly #platform: Platform;
  readonly #victim: Pulse | undefined;
  readonly #others: ReadonlyMap<string, Pulse>;

  private constructor(platform: Platform, victim: Pulse | undefined, others: ReadonlyMap<string, Pulse>) {
    this.#platform = platform;
    this.#victim = victim;
    this.#others = others;
  }

  /** The command is about to begin. */
  static async begin(platform: Platform, victim: Meant, others: readonly Meant[]): Promise<StrikeCheck> {
    const [felt, ...felts] = await Promise.all(
      [victim, ...others].map(({ address }) => Pulse.feel(platform, address, FEEL_MS)),
    );
    const pulses = others.flatMap(({ name }, at): [string, Pulse][] => {
      const pulse = felts[at];
      return pulse === undefined ? [] : [[name, pulse]];
    });
    return new StrikeCheck(platform, felt, new Map(pulses));
  }

  async hasHit(harm: Harm, undone: AbortSignal): Promise<boolean | undefined> {
    if (this.#victim === undefined) return undefined;
    return harm === 'end' ? await this.#hasEnded(this.#victim) : await this.#isHalted(this.#victim, undone);
  }

  async silentOthers(): Promise<readonly string[]> {
    const asked = [...this.#others].map(async ([name, pulse]) => ((await pulse.answers(PATIENCE_MS)) ? [] : [name]));
    return (await Promise.all(asked)).flat();
  }

  close(): void {
    for (const pulse of [this.#victim, ...this.#others.values()]) pulse?.close();
  }

  async #hasEnded(pulse: Pulse): Promise<boolean> {
    const { timers } = this.#platform;
    await new Promise<void>((resolve) => {
      const timer = timers.after(ENDS_MS, resolve);
      void pulse.ended.then(() => {
        timers.cancel(timer);
        resolve();
      });
    });
    return !(await pulse.answers(ANSWER_MS));
  }

  async #isHalted(pulse: Pulse, undone: AbortSignal): Promise<boolean | undefined> {
    const { clock } = this.#platform;
    const askedMs = clock.monotonicMs();
    const isUndone = new Promise<undefined>((resolve) => {
      if (undone.aborted) resolve(undefined);
      else undone.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const answered = await Promise.race([pulse.answers(ANSWER_MS), isUndone]);
    if (answered !== undefined) return !answered;
    return clock.monotonicMs() - askedMs >= LEAST_MS ? true : undefined;
  }
}
