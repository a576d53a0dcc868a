import type { Platform } from '../../../src/platform/ports.ts';
import type { RunningMember } from '../plan/plan.ts';
import { Pulse } from './pulse.ts';

/** What a command has to do to a member: to its process, or to its links (from the drill too, or from the others alone). */
export type Harm = 'end' | 'halt' | 'cut-off';

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
/** What is under way when a member is cut off may be confirmed still. */
const SETTLES_MS = 1_000;
/** What one member has confirmed the others know that much later. */
const SPREADS_MS = 1_000;

/** Up to where logs were known to be confirmed at one moment: that of the victim, and the longest of the others'. */
interface Confirmed {
  readonly victim: number;
  readonly others: number;
}

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
    if (harm === 'end') return await this.#hasEnded(this.#victim);
    const isUndone = firedOf(undone);
    const isSilent = await this.#isHalted(this.#victim, isUndone);
    return harm === 'halt' || isSilent !== false ? isSilent : await this.#isCutOff(this.#victim, undone, isUndone);
  }

  async silentOthers(): Promise<readonly string[]> {
    const asked = [...this.#others].map(async ([name, pulse]) => ((await pulse.answers(PATIENCE_MS)) ? [] : [name]));
    return (await Promise.all(asked)).flat();
  }

  close(): void {
    for (const pulse of [this.#victim, ...this.#others.values()]) pulse?.close();
  }

  async #hasEnded(pulse: Pulse): Promise<boolean> {
    await this.#within(ENDS_MS, pulse.ended);
    return !(await pulse.answers(ANSWER_MS));
  }

  async #isHalted(pulse: Pulse, isUndone: Promise<undefined>): Promise<boolean | undefined> {
    const { clock } = this.#platform;
    const askedMs = clock.monotonicMs();
    const answered = await Promise.race([pulse.answers(ANSWER_MS), isUndone]);
    if (answered !== undefined) return !answered;
    return clock.monotonicMs() - askedMs >= LEAST_MS ? true : undefined;
  }

  /** It answers, and is cut off if it does not learn what the others confirm until that is undone. */
  async #isCutOff(pulse: Pulse, undone: AbortSignal, isUndone: Promise<undefined>): Promise<boolean | undefined> {
    const looks: (Confirmed | undefined)[] = [];
    await this.#within(SETTLES_MS, isUndone);
    while (!undone.aborted) {
      looks.push(await this.#confirmed(pulse));
      await this.#within(SPREADS_MS, isUndone);
    }
    const last = await this.#confirmed(pulse);
    const [first] = looks;
    // The look before this one may be of a moment ago.
    const before = looks.at(-2);
    if (last === undefined || before === undefined || first === undefined) return undefined;
    if (last.victim < before.others) return true;
    return before.others > first.others ? false : undefined;
  }

  async #confirmed(pulse: Pulse): Promise<Confirmed | undefined> {
    const asked = [pulse, ...this.#others.values()].map((each) => each.confirmedEnd(ANSWER_MS));
    const [victim, ...told] = await Promise.all(asked);
    const others = told.filter((end) => end !== undefined);
    return victim === undefined || others.length === 0 ? undefined : { victim, others: Math.max(...others) };
  }

  /** Waits for this, and no longer than so. */
  async #within(ms: number, event: Promise<unknown>): Promise<void> {
    const { timers } = this.#platform;
    await new Promise<void>((resolve) => {
      const timer = timers.after(ms, resolve);
      void event.then(() => {
        timers.cancel(timer);
        resolve();
      });
    });
  }
}

/** Resolves when the signal fires. */
function firedOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
